import type { Problem, Say } from '$lib/api/bindings';

/** What every dialog that adds something to a record is given. */
export interface Saying {
  where: string;
  simulated: boolean;
  /** Why what was sent was not taken. */
  refusal: Problem | undefined;
  sending: boolean;
  onclose: () => void;
  onsay: (say: Say) => void;
}
