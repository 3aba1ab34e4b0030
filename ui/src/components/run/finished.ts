/** Which steps of a run are over. */
import type { RunView } from '$lib/api/bindings';
import { STEP_OVER } from '$lib/design/status';
import { stepKey } from './key';

export type Finished = readonly { key: string; title: string }[];

export function finished(run: RunView | undefined): Finished {
  return (run?.steps ?? []).filter((step) => STEP_OVER[step.status]).map((step) => ({ key: `${stepKey(step)}#${step.attempt}`, title: step.title }));
}
