/** How far a step can be taken back, in words. */
import type { Reversibility } from '$lib/api/bindings';

export const REVERSIBILITY = {
  'read-only': { label: 'changes nothing', withoutUndo: 'It changes nothing.' },
  reversible: { label: 'can be undone', withoutUndo: 'Nothing is planned that takes it back.' },
  irreversible: { label: 'cannot be undone', withoutUndo: '▲ There is no way back from this step.' },
} as const satisfies Record<Reversibility, { label: string; withoutUndo: string }>;

/** The same of one step, by what is planned: what could be undone and has no undo is not undone. */
export function reversal(step: { reversibility: Reversibility; effect: object | null; undo: object | null; role: 'forward' | 'undo' }): string {
  const planned = step.role === 'undo' || step.effect === null || step.undo !== null || step.reversibility !== 'reversible';
  return planned ? REVERSIBILITY[step.reversibility].label : 'nothing is planned that undoes it';
}

/** We change the world here and nothing can take it back: this asks for a typed name. */
export function isFinal(step: { reversibility: Reversibility; effect: object | null }): boolean {
  return step.effect !== null && step.reversibility === 'irreversible';
}
