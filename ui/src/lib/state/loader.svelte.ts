import { untrack } from 'svelte';
import { problemOf } from '$lib/api/client';
import type { Problem } from '$lib/api/bindings';

/** What is known about something asked for. Stale keeps the old value and says why it is old. */
export type Loaded<Value> =
  | { state: 'loading'; since: number }
  | { state: 'ready'; value: Value; at: number }
  | { state: 'stale'; value: Value; at: number; problem: Problem }
  | { state: 'failed'; problem: Problem; at: number };

/** Asks for one view and remembers the last good answer; the newest request wins. */
export class Loader<Value> {
  current = $state.raw<Loaded<Value>>({ state: 'loading', since: 0 });
  /** A request is under way; the old answer stays on screen meanwhile. */
  asking = $state(false);
  readonly #ask: () => Promise<Value>;
  readonly #now: () => number;
  #turn = 0;

  constructor(ask: () => Promise<Value>, now: () => number) {
    this.#ask = ask;
    this.#now = now;
    this.current = { state: 'loading', since: now() };
  }

  get value(): Value | undefined {
    const current = this.current;
    return current.state === 'ready' || current.state === 'stale' ? current.value : undefined;
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.asking = true;
    // Effects call this; what it reads here must not make them run again.
    if (untrack(() => this.current.state) === 'failed') this.current = { state: 'loading', since: this.#now() };
    try {
      const value = await untrack(this.#ask);
      if (turn === this.#turn) this.current = { state: 'ready', value, at: this.#now() };
    } catch (thrown) {
      if (turn === this.#turn) this.current = this.#failed(problemOf(thrown));
    } finally {
      if (turn === this.#turn) this.asking = false;
    }
  }

  #failed(problem: Problem): Loaded<Value> {
    const before = this.current;
    return before.state === 'ready' || before.state === 'stale'
      ? { state: 'stale', value: before.value, at: before.at, problem }
      : { state: 'failed', problem, at: this.#now() };
  }
}
