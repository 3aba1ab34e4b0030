/** The machine's clock, read in one place only; tests hand in their own. */
export interface Machine {
  /** Milliseconds that never run back; only differences mean something. */
  steady(): number;
}

export const machine: Machine = { steady: () => performance.now() };

/**
 * The time in the world that is shown. The engine says what time it is; between two
 * of its words the window counts on, in a drill at the drill's speed.
 */
export class WorldClock {
  /** Milliseconds since 1970, renewed once a second. */
  now = $state(0);
  /** Has the engine said what time it is? Before, it is the machine's time, which need not be the world's. */
  heard = $state(false);
  readonly #machine: Machine;
  #said = 0;
  #saidAt = 0;
  #speed = 1;

  constructor(clock: Machine, start: number) {
    this.#machine = clock;
    this.#set(start, 1);
  }

  /** The engine says that it is `now`; `speed` seconds of the world go by in one of ours. */
  hear(now: number, speed: number): void {
    this.heard = true;
    this.#set(now, speed);
  }

  #set(now: number, speed: number): void {
    this.#said = now;
    this.#saidAt = this.#machine.steady();
    this.#speed = speed;
    this.now = now;
  }

  /** The time at this very moment. */
  epoch = (): number => this.#said + (this.#machine.steady() - this.#saidAt) * this.#speed;

  /** Shows the time at this very moment: what was just heard must not lie in the future of what is shown. */
  renew(): void {
    this.now = this.epoch();
  }

  /** Starts counting; returns what stops it. */
  start(): () => void {
    const timer = setInterval(() => {
      this.now = this.epoch();
    }, 1000);
    return () => clearInterval(timer);
  }
}
