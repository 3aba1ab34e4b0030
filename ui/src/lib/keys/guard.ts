/** How long a gate ignores everybody after it appeared. */
// A key that was already on its way when the gate came up lands within about
// 300 ms of it; nobody reads a gate's first word faster than that.
export const GUARD_MS = 400;

/** Refuses answers that came too soon to be meant for what is on screen. */
export class Guard {
  readonly #steady: () => number;
  #armedAt = Number.NEGATIVE_INFINITY;

  constructor(steady: () => number) {
    this.#steady = steady;
  }

  /** The gate has just appeared, or has just become another one. */
  arm(): void {
    this.#armedAt = this.#steady();
  }

  permits(): boolean {
    return this.#steady() - this.#armedAt >= GUARD_MS;
  }
}
