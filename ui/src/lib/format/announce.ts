/** How much a screen reader is told without moving: every step, only what waits for the person, or nothing. */
export const ANNOUNCE = ['all', 'gates', 'none'] as const;
export type Announce = (typeof ANNOUNCE)[number];
