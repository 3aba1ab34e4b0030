import { createContext } from 'svelte';

/** What printing a time depends on: the moment, and the person's zone (IANA; the machine's own when `undefined`). */
export interface Ambient {
  readonly now: number;
  readonly zone: string | undefined;
  /** How the hours of local times are counted; UTC is always written with 24, as in logs. */
  readonly hours?: '24' | '12';
  /** Which of the two times is read first. */
  readonly first?: 'local' | 'utc';
  /** The engine is not answering: nothing that is shown tells how it is now. */
  readonly away?: boolean;
}

export const [ambient, provideAmbient] = createContext<Ambient>();
