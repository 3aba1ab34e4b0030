import { untrack } from 'svelte';
import type { Problem, RunView } from '$lib/api/bindings';
import { problemOf } from '$lib/api/client';

/** Screens kept, the ones last seen: going back and forth asks for nothing twice. */
const MOST_KEPT = 200;

/**
 * What was on the screen after each entry of a run. Each is asked for once, one at a time; whoever
 * plays faster than the answers come is shown the newest that is wanted, not every one on the way.
 */
export class Screens {
  /** The last one that is here of those that were wanted. */
  shown = $state.raw<RunView | undefined>(undefined);
  /** Why the one that is wanted is not here, and what is shown is of another entry. */
  problem = $state.raw<Problem | undefined>(undefined);
  readonly #ask: (seq: number) => Promise<RunView>;
  readonly #kept = new Map<number, RunView>();
  #wanted: number | undefined;
  #asking = false;

  constructor(ask: (seq: number) => Promise<RunView>) {
    this.#ask = ask;
  }

  show(seq: number): void {
    this.#wanted = seq;
    const here = this.#kept.get(seq);
    if (here !== undefined) this.#put(here);
    else if (!this.#asking) void untrack(() => this.#fetch());
  }

  #put(view: RunView): void {
    this.shown = view;
    this.problem = undefined;
  }

  async #fetch(): Promise<void> {
    this.#asking = true;
    try {
      for (let seq = this.#wanted; seq !== undefined && !this.#kept.has(seq); seq = this.#wanted) {
        const view = await this.#ask(seq);
        this.#kept.set(seq, view);
        for (const oldest of this.#kept.keys()) if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
        const wanted = this.#kept.get(this.#wanted ?? seq);
        if (wanted !== undefined) this.#put(wanted);
      }
    } catch (thrown) {
      this.problem = problemOf(thrown);
    } finally {
      this.#asking = false;
    }
  }
}
