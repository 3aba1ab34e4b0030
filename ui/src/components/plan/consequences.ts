/** A plan's consequences as three lists; words of the plan itself, only arranged. */
import { REVERSIBILITY } from '$lib/design/reversibility';
import type { PlanView } from '$lib/api/bindings';

/** How one step is taken back: what that changes, and the operation that does it, where there is one. */
export interface Undoing {
  line: string;
  operation: string | null;
}

interface Consequences {
  will: string[];
  not: string[];
  undo: Undoing[];
}

export function consequencesOf(plan: PlanView): Consequences {
  const acting = plan.steps.filter((step) => step.effect !== null);
  return {
    // Two steps that make sure of the same are one change.
    will: [
      ...new Set(acting.flatMap((step) => (step.effect?.changes ?? []).map((change) => `${change.what}: ${change.before} → ${change.after}`))),
    ],
    not: plan.not_restored,
    undo: acting.map((step) => {
      if (step.undo === null) {
        return { line: `${step.title}: ${REVERSIBILITY[step.reversibility].withoutUndo}`, operation: null };
      }
      // An undo's "before" is of the moment of planning, so only where it leads is said.
      const changes = step.undo.changes.map((change) => `${change.what} → ${change.after}`).join('; ');
      return { line: changes === '' ? step.title : changes, operation: step.undo.operation };
    }),
  };
}

/** Does a person have to do something in this step? */
export function needsYou(step: { confirm: boolean; kind: string }): boolean {
  return step.confirm || step.kind === 'manual' || step.kind === 'decide';
}
