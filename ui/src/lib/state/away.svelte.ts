/**
 * Notices that nobody could have looked: the window was hidden, or the machine slept. What a run did
 * meanwhile is told on return, so that nobody has to find it out by comparing.
 */

/** Shorter absences need no word: whoever looked at a chart elsewhere for half a minute knows where they were. */
export const AWAY_MS = 60_000;
/** How often it is noted that the machine is awake. */
const TICK_MS = 5_000;

export interface Absence<What> {
  ms: number;
  /** What was on screen when it began. */
  was: What;
}

export class Away<What> {
  /** The last absence, until somebody has seen what it is about. */
  absence = $state.raw<Absence<What> | undefined>(undefined);
  readonly #wall: () => number;
  readonly #look: () => What;

  /** `wall` is the machine's clock of the day: one that stands still in sleep would notice none. */
  constructor(wall: () => number, look: () => What) {
    this.#wall = wall;
    this.#look = look;
  }

  /** Begins to notice; returns what stops it. */
  start(page: Document): () => void {
    let awake = { at: this.#wall(), was: this.#look() };
    let left: typeof awake | undefined;
    const back = (since: typeof awake): void => {
      const ms = this.#wall() - since.at;
      if (ms >= AWAY_MS) this.absence = { ms, was: since.was };
    };
    const tick = (): void => {
      if (page.hidden) return;
      back(awake);
      awake = { at: this.#wall(), was: this.#look() };
    };
    const turn = (): void => {
      if (page.hidden) {
        left = { at: this.#wall(), was: this.#look() };
        return;
      }
      if (left) back(left);
      left = undefined;
      awake = { at: this.#wall(), was: this.#look() };
    };
    const timer = setInterval(tick, TICK_MS);
    page.addEventListener('visibilitychange', turn);
    return () => {
      clearInterval(timer);
      page.removeEventListener('visibilitychange', turn);
    };
  }

  seen(): void {
    this.absence = undefined;
  }
}
