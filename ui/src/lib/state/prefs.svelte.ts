/** What one person likes, kept on this machine. */
export type Theme = 'system' | 'dark' | 'light';
export type Density = 'compact' | 'regular';

const KEYS = { theme: 'lastgood.theme', density: 'lastgood.density', letters: 'lastgood.letters' } as const;

export class Prefs {
  theme = $state<Theme>('system');
  density = $state<Density>('compact');
  letters = $state(true);
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
    const theme = this.#read(KEYS.theme);
    this.theme = theme === 'dark' || theme === 'light' ? theme : 'system';
    this.density = this.#read(KEYS.density) === 'regular' ? 'regular' : 'compact';
    this.letters = this.#read(KEYS.letters) !== 'off';
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.#write(KEYS.theme, theme);
  }

  toggleDensity(): void {
    this.density = this.density === 'compact' ? 'regular' : 'compact';
    this.#write(KEYS.density, this.density);
  }

  toggleLetters(): void {
    this.letters = !this.letters;
    this.#write(KEYS.letters, this.letters ? 'on' : 'off');
  }

  #read(key: string): string | null {
    try {
      return this.#storage.getItem(key);
    } catch {
      return null;
    }
  }

  #write(key: string, value: string): void {
    try {
      this.#storage.setItem(key, value);
    } catch {
      // A window without storage forgets between starts; that is all.
    }
  }
}
