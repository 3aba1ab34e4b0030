/** How a judgement looks by now. What was measured a while ago tells how it was, not how it is. */
import type { Judgement } from '$lib/api/bindings';
import { VERDICT, type Tone } from './status';

/** As old as the engine lets the newest sample of a source be. */
export const STALE_MS = 90_000;

export interface Seen {
  tone: Tone;
  mark: string;
  label: string;
  /** To be drawn dotted, and never as good. */
  stale: boolean;
  /** How long ago it was counted, in milliseconds; never negative. */
  age: number;
}

/** `away`: nobody says what is so now, because the engine is not answering. */
export function seen(judgement: Judgement, now: number, away = false): Seen {
  const word = VERDICT[judgement.verdict];
  const age = Math.max(0, now - judgement.to);
  if (!away && age <= STALE_MS) return { ...word, stale: false, age };
  return { tone: 'attention', mark: '○', label: `was ${word.label}`, stale: true, age };
}
