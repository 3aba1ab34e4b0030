/** A plan's consequences as three lists; words of the plan itself, only arranged. */
import { REVERSIBILITY } from '$lib/design/reversibility';
import type { PlanView } from '$lib/api/bindings';

interface Consequences {
  will: string[];
  not: string[];
  undo: string[];
}

export function consequencesOf(plan: PlanView): Consequences {
  const acting = plan.steps.filter((step) => step.effect !== null);
  return {
    will: acting.flatMap((step) =>
      (step.effect?.changes ?? []).map((change) => `${change.what}: ${change.before} → ${change.after}`),
    ),
    not: plan.not_restored,
    undo: acting.map((step) => {
      if (step.undo === null) return `${step.title}: ${REVERSIBILITY[step.reversibility].withoutUndo}`;
      const changes = step.undo.changes.map((change) => `${change.what} → ${change.after}`);
      return `${step.title}: ${[step.undo.operation, ...changes].join(', ')}`;
    }),
  };
}

/** Does a person have to do something in this step? */
export function needsYou(step: { confirm: boolean; kind: string }): boolean {
  return step.confirm || step.kind === 'manual' || step.kind === 'decide';
}
