import { problemOf, type Client, type LinkStatus } from '$lib/api/client';
import type { Answer, OrderKind, Problem, RunView } from '$lib/api/bindings';

/** Where there is a run, it is said first that it is safe. */
function ofRun(problem: Problem): Problem {
  return problem.code === 'unreachable' ? { ...problem, hint: `The run is safe. ${problem.hint ?? ''}`.trim() } : problem;
}

/**
 * Does this view tell what time it is now? A run that is over, or that nobody drives, stands where it
 * ended; and what was said before the newest answer never sets the clock back.
 */
export function tells(view: RunView, clock: { heard: boolean; epoch: () => number }): boolean {
  return view.driven && view.outcome === null && (!clock.heard || view.now >= clock.epoch());
}

/** One run as the engine last described it. Holds views; derives no run state. */
export class RunWatch {
  view = $state.raw<RunView | undefined>(undefined);
  link = $state.raw<LinkStatus>({ state: 'connecting' });
  /** Something has been sent and not yet answered: told at once, never taken for done. */
  sending = $state(false);
  refusal = $state.raw<Problem | undefined>(undefined);
  #resumed = $state(0);
  /** The engine answered, and it has no such run: a link from elsewhere, or one that was written by hand. */
  readonly missing = $derived(this.link.state === 'lost' && this.view === undefined && this.link.problem.code === 'not-found');
  readonly id: string;
  readonly #client: Client;
  readonly #heard: (view: RunView) => void;

  constructor(id: string, client: Client, heard: (view: RunView) => void) {
    this.id = id;
    this.#client = client;
    this.#heard = heard;
  }

  /** Subscribes; returns what ends the subscription. In an effect it subscribes anew after a resume. */
  watch(): () => void {
    void this.#resumed;
    return this.#client.watchRun(this.id, {
      onview: (view) => this.take(view),
      onlink: (status) => {
        this.link = status.state === 'lost' ? { ...status, problem: ofRun(status.problem) } : status;
      },
    });
  }

  /** Answers what the run asks; `true` when the engine took it. */
  answer(answer: Omit<Answer, 'run'>): Promise<boolean> {
    return this.sending ? Promise.resolve(false) : this.#send(() => this.#client.call('answer', { run: this.id, ...answer }));
  }

  /** Orders something the run did not ask for. A hold never waits for anything else. */
  order(order: OrderKind, text: string | null = null): Promise<boolean> {
    if (this.sending && order !== 'hold') return Promise.resolve(false);
    return this.#send(() => this.#client.call('order', { run: this.id, order, text }));
  }

  /** Takes up a run that nobody drives. */
  resume(): Promise<boolean> {
    if (this.sending) return Promise.resolve(false);
    return this.#send(async () => {
      const view = await this.#client.call('resume', { run: this.id });
      // The stream of a run that nobody drove has ended.
      this.#resumed += 1;
      return view;
    });
  }

  /** Asks whoever drives the run elsewhere to let go of it, and takes it up. */
  takeOver(reason: string): Promise<boolean> {
    if (this.sending) return Promise.resolve(false);
    return this.#send(() => this.#client.call('take_over', { run: this.id, reason }));
  }

  /** Views may arrive late or twice; only a newer one replaces what we show. */
  take(view: RunView): void {
    if (view.run !== this.id || view.revision < (this.view?.revision ?? -1)) return;
    this.view = view;
    this.#heard(view);
  }

  async #send(ask: () => Promise<RunView>): Promise<boolean> {
    this.sending = true;
    this.refusal = undefined;
    try {
      this.take(await ask());
      return true;
    } catch (thrown) {
      this.refusal = problemOf(thrown);
      return false;
    } finally {
      this.sending = false;
    }
  }
}
