/** What a view remembers while its window is open, a reload included: a filter, a tab. */

type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

/**
 * A few words under one name. They end with the window: a filter of yesterday would hide what burns
 * today.
 */
export class Kept {
  readonly #shelf: Shelf;
  readonly #name: string;

  constructor(shelf: Shelf, name: string) {
    this.#shelf = shelf;
    this.#name = `lastgood.kept.${name}`;
  }

  /** What was kept; empty where nothing was, or where it cannot be read. */
  read(): Record<string, string> {
    try {
      const said: unknown = JSON.parse(this.#shelf.getItem(this.#name) ?? '{}');
      if (typeof said !== 'object' || said === null) return {};
      return Object.fromEntries(Object.entries(said).filter((each): each is [string, string] => typeof each[1] === 'string'));
    } catch {
      return {};
    }
  }

  write(words: Record<string, string>): void {
    try {
      this.#shelf.setItem(this.#name, JSON.stringify(words));
    } catch {
      // A window without storage forgets when a view is left; that is all.
    }
  }
}
