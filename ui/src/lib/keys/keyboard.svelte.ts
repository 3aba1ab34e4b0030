import { createContext, untrack } from 'svelte';
import { chordOf, isWriting } from './chord';
import { COMMAND_IDS, isSingleCharacter, type CommandId } from './commands';
import { commandOf } from './keymap.svelte';

/** What a part of the screen does with a command now; `unavailable` says why it cannot. */
export interface Binding {
  run: () => void;
  unavailable?: string | undefined;
  /** A better name than the table's, where the thing itself has one ("Shift traffic to 2026.11.3"). */
  label?: string | undefined;
}
export type Bindings = Partial<Record<CommandId, Binding>>;

export interface Entry extends Binding {
  id: CommandId;
}

/** Where a component hangs its bindings. Dialogs hand their children a scope above the page's. */
export interface KeyScope {
  /** A steady clock in milliseconds, for guards. */
  readonly steady: () => number;
  /** Why nothing can be changed at all, whatever a binding says. */
  readonly away: string | undefined;
  /** Adds bindings; returns what takes them away. For use in an effect. */
  bind(bindings: () => Bindings): () => void;
  /** Adds bindings that hide everything below this scope. */
  bindAlone(bindings: () => Bindings): () => void;
  above(): KeyScope;
}

interface Layer {
  bindings: () => Bindings;
  depth: number;
  alone: boolean;
}

/** Dispatches keys to whatever is on top and wants them. */
export class Keyboard implements KeyScope {
  #layers = $state.raw<Layer[]>([]);
  /** May single letters act? A person can turn them off. */
  letters = $state(true);
  /** Why nothing can be asked of the engine; what would change something is then not offered. */
  away = $state<string | undefined>(undefined);
  readonly steady: () => number;

  constructor(steady: () => number) {
    this.steady = steady;
  }

  /** The commands that mean something now, in the order of the table. */
  readonly active: Entry[] = $derived.by(() => {
    const found = new Map<CommandId, Binding>();
    // By depth first: what the page mounts while a dialog is open stays below the dialog.
    const fromTop = this.#layers.toReversed().sort((a, b) => b.depth - a.depth);
    const floor = fromTop.find((layer) => layer.alone)?.depth ?? 0;
    for (const layer of fromTop) {
      if (layer.depth < floor) continue;
      for (const [id, binding] of Object.entries(layer.bindings()) as [CommandId, Binding][]) {
        if (!found.has(id)) found.set(id, binding);
      }
    }
    return COMMAND_IDS.flatMap((id) => {
      const binding = found.get(id);
      return binding === undefined ? [] : [this.#offered({ id, ...binding })];
    });
  });

  #offered(entry: Entry): Entry {
    const { away } = this;
    if (away === undefined || entry.unavailable !== undefined || commandOf(entry.id).consequence === 'none') return entry;
    return { ...entry, unavailable: away };
  }

  bind(bindings: () => Bindings): () => void {
    return this.#push({ bindings, depth: 0, alone: false });
  }

  bindAlone(bindings: () => Bindings): () => void {
    return this.#push({ bindings, depth: 0, alone: true });
  }

  above(): KeyScope {
    return this.#scope(1);
  }

  #scope(depth: number): KeyScope {
    const away = (): string | undefined => this.away;
    return {
      get away() {
        return away();
      },
      steady: this.steady,
      bind: (bindings) => this.#push({ bindings, depth, alone: false }),
      bindAlone: (bindings) => this.#push({ bindings, depth, alone: true }),
      above: () => this.#scope(depth + 1),
    };
  }

  #push(layer: Layer): () => void {
    // Effects call this; without `untrack` each would wait on every other's layer.
    untrack(() => {
      this.#layers = [...this.#layers, layer];
    });
    return () => {
      untrack(() => {
        this.#layers = this.#layers.filter((each) => each !== layer);
      });
    };
  }

  /** Handles one key press; `true` when it was taken. */
  press(event: KeyboardEvent): boolean {
    if (event.isComposing || event.repeat || event.defaultPrevented) return false;
    const chord = chordOf(event);
    const writing = isWriting(event.target);
    if (isSingleCharacter(chord) && (!this.letters || writing)) return false;
    if (writing && !chord.startsWith('Ctrl+') && !/^(Shift\+)?F\d/.test(chord) && chord !== 'Escape') return false;
    if (chord.startsWith('Arrow') && isRadio(event.target)) return false;
    const entry = this.active.find((each) => commandOf(each.id).keys.includes(chord));
    if (entry === undefined) return false;
    event.preventDefault();
    if (entry.unavailable === undefined) entry.run();
    return true;
  }
}

/** Arrows inside a group of radios choose among them. */
function isRadio(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'radio';
}

/** The scope that a component's bindings belong to. */
export const [keyboard, provideKeyboard] = createContext<KeyScope>();
