import { createContext } from 'svelte';

/** What printing a time depends on: the moment, and the person's zone (IANA; the machine's own when `undefined`). */
export interface Ambient {
  readonly now: number;
  readonly zone: string | undefined;
}

export const [ambient, provideAmbient] = createContext<Ambient>();
