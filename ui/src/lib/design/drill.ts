/** What a run, a plan or a record is marked with, when it is a drill of either kind. */
interface Marked {
  drill: string | null;
  exercise?: string | null | undefined;
}

export interface DrillMark {
  /** The word before everything else. */
  word: 'SIMULATION' | 'DRILL';
  /** What is rehearsed. */
  what: string;
  /** What that means for the world outside. */
  reach: string;
}

/** `undefined` where it is an incident. */
export function drillMark(of: Marked | undefined): DrillMark | undefined {
  if (of === undefined) return undefined;
  if (of.drill !== null) return { word: 'SIMULATION', what: of.drill, reach: 'simulated, nothing real is touched' };
  if (of.exercise) return { word: 'DRILL', what: of.exercise, reach: 'on the real system, and what it does there is real' };
  return undefined;
}
