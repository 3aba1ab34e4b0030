import { untrack } from 'svelte';
import type { LineView, TimelineFilter, TimelineView } from '$lib/api/bindings';
import { Loader } from './loader.svelte';

/** Lines in one answer: more than a screen holds, and little enough to be read at once. */
const AT_ONCE = 150;
/** Lines kept; those far from the eye are asked for again when it comes back. */
const MOST_KEPT = 3000;

/** Which lines of the record, and which stretch of them. */
export type Ask = (stretch: Pick<TimelineFilter, 'skip' | 'most'>) => Promise<TimelineView>;

interface Read {
  view: TimelineView;
  skip: number;
  /** Which question this answers: after a new one, older lines may be others. */
  turn: number;
}

/**
 * A record that may be too long to be handed over whole. It is read in stretches, those near the eye
 * first and one at a time; what was read stays until the same question is asked anew.
 */
export class LongRecord {
  #lines = $state.raw<ReadonlyMap<number, LineView>>(new Map());
  readonly #loader: Loader<Read>;
  #near = { from: 0, to: 0 };
  #asked = { skip: 0, most: AT_ONCE, turn: 0 };
  #wanted = 0;
  #have = 0;
  #going: Promise<void> | undefined;

  constructor(ask: Ask, now: () => number) {
    this.#loader = new Loader<Read>(async () => {
      const { skip, most, turn } = this.#asked;
      return { view: await ask({ skip, most }), skip, turn };
    }, now);
  }

  /** Everything but the lines, as it was last read. */
  get view(): TimelineView | undefined {
    return this.#loader.value?.view;
  }
  get known(): Loader<Read>['current'] {
    return this.#loader.current;
  }
  /** How many lines fit the question. */
  get count(): number {
    return this.view?.lines_wanted ?? 0;
  }
  at = (place: number): LineView | undefined => this.#lines.get(place);
  /** Where a line is, if it is here. */
  placeOf(id: string): number | undefined {
    for (const [place, line] of this.#lines) if (line.id === id) return place;
    return undefined;
  }

  /** Asks anew: the record has moved on, or other lines are wanted. */
  load(): Promise<void> {
    this.#wanted += 1;
    // Effects call this; what it reads here must not make them run again.
    return untrack(() => this.#go());
  }

  /** These places are drawn; those that are missing are read. */
  near(from: number, to: number): void {
    this.#near = { from, to };
    if (this.#missing()) void this.#go();
  }

  /** Reads a place that is not drawn yet. */
  async read(place: number): Promise<LineView | undefined> {
    if (!this.#lines.has(place)) {
      this.#near = { from: place, to: place + 1 };
      await this.#go();
    }
    return this.#lines.get(place);
  }

  #missing(): boolean {
    const end = Math.min(this.#near.to, this.count);
    for (let place = this.#near.from; place < end; place += 1) if (!this.#lines.has(place)) return true;
    return false;
  }

  #go(): Promise<void> {
    this.#going ??= this.#run().finally(() => {
      this.#going = undefined;
    });
    return this.#going;
  }

  async #run(): Promise<void> {
    let before = '';
    while (this.#have !== this.#wanted || this.#missing()) {
      const { from, to } = this.#near;
      const skip = Math.max(0, Math.floor((from + to - AT_ONCE) / 2));
      this.#asked = { skip, most: Math.max(AT_ONCE, to - skip), turn: this.#wanted };
      // An answer that lacks what was asked for is not asked for again.
      const same = JSON.stringify(this.#asked);
      if (same === before) return;
      before = same;
      await this.#loader.load();
      const known = this.#loader.current;
      if (known.state !== 'ready') return;
      this.#take(known.value);
    }
  }

  #take({ view, skip, turn }: Read): void {
    const lines = new Map(turn === this.#have ? this.#lines : []);
    view.lines.forEach((line, index) => lines.set(skip + index, line));
    if (lines.size > MOST_KEPT) {
      for (const place of lines.keys()) if (Math.abs(place - skip) > MOST_KEPT / 2) lines.delete(place);
    }
    this.#lines = lines;
    this.#have = turn;
  }
}
