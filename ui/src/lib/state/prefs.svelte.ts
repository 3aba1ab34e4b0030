/** What one person likes, kept on this machine. */
import { OFTEN, type Calls } from '$lib/api/windows';
import type { CommandId } from '$lib/keys/commands';
import { conflict, letterOf, sound, without, type Moved } from '$lib/keys/keymap.svelte';
import { ANNOUNCE, type Announce } from '$lib/format/announce';

export const THEMES = ['system', 'dark', 'light'] as const;
export const DENSITIES = ['compact', 'regular'] as const;
export const HOURS = ['24', '12'] as const;
export const FIRSTS = ['local', 'utc'] as const;
export const MOTIONS = ['system', 'none'] as const;
/** In percent; small steps, so that a line that just fits stays one. */
export const ZOOMS = [90, 100, 110, 125, 150] as const;
export type Theme = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];
export type Hours = (typeof HOURS)[number];
/** Which of the two times is read first. */
export type First = (typeof FIRSTS)[number];
export type Motion = (typeof MOTIONS)[number];
export type Zoom = (typeof ZOOMS)[number];

const KEYS = {
  theme: 'lastgood.theme',
  density: 'lastgood.density',
  letters: 'lastgood.letters',
  motion: 'lastgood.motion',
  zoom: 'lastgood.zoom',
  zone: 'lastgood.zone',
  hours: 'lastgood.hours',
  timeFirst: 'lastgood.time.first',
  keys: 'lastgood.keys',
  announce: 'lastgood.announce',
  met: 'lastgood.met',
  callReal: 'lastgood.call.real',
  callPractice: 'lastgood.call.practice',
  callEnded: 'lastgood.call.ended',
  callSound: 'lastgood.call.sound',
} as const;

type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

export class Prefs {
  theme = $state<Theme>('system');
  density = $state<Density>('compact');
  letters = $state(true);
  motion = $state<Motion>('system');
  zoom = $state<Zoom>(100);
  announce = $state<Announce>('all');
  /** An IANA zone; `''` is the machine's own. */
  zone = $state('');
  hours = $state<Hours>('24');
  timeFirst = $state<First>('local');
  /** The keys that this person has elsewhere, or turned off. */
  keys = $state.raw<Moved>({});
  /** Which moments call this person away from something else. */
  calls = $state.raw<Calls>({ real: 'again', practice: 'again', ended: false, sound: true });
  /** Has this person never said that they know what this is? */
  first = $state(true);
  readonly #storage: Shelf;

  constructor(storage: Shelf) {
    this.#storage = storage;
    this.theme = oneOf(THEMES, this.#read(KEYS.theme), 'system');
    this.density = oneOf(DENSITIES, this.#read(KEYS.density), 'compact');
    this.letters = this.#read(KEYS.letters) !== 'off';
    this.motion = oneOf(MOTIONS, this.#read(KEYS.motion), 'system');
    this.zoom = oneOf(ZOOMS, Number(this.#read(KEYS.zoom)), 100);
    this.announce = oneOf(ANNOUNCE, this.#read(KEYS.announce), 'all');
    const zone = this.#read(KEYS.zone) ?? '';
    this.zone = isZone(zone) ? zone : '';
    this.hours = oneOf(HOURS, this.#read(KEYS.hours), '24');
    this.timeFirst = oneOf(FIRSTS, this.#read(KEYS.timeFirst), 'local');
    this.keys = sound(parsed(this.#read(KEYS.keys)));
    this.first = this.#read(KEYS.met) === null;
    this.calls = {
      real: oneOf(OFTEN, this.#read(KEYS.callReal), 'again'),
      practice: oneOf(OFTEN, this.#read(KEYS.callPractice), 'again'),
      ended: this.#read(KEYS.callEnded) === 'on',
      sound: this.#read(KEYS.callSound) !== 'off',
    };
  }

  meet(): void {
    this.first = false;
    this.#write(KEYS.met, 'yes');
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.#write(KEYS.theme, theme);
  }

  setDensity(density: Density): void {
    this.density = density;
    this.#write(KEYS.density, density);
  }

  setMotion(motion: Motion): void {
    this.motion = motion;
    this.#write(KEYS.motion, motion);
  }

  setAnnounce(announce: Announce): void {
    this.announce = announce;
    this.#write(KEYS.announce, announce);
  }

  /** Changes some of what calls, and keeps the rest. */
  setCalls(change: Partial<Calls>): void {
    this.calls = { ...this.calls, ...change };
    this.#write(KEYS.callReal, this.calls.real);
    this.#write(KEYS.callPractice, this.calls.practice);
    this.#write(KEYS.callEnded, this.calls.ended ? 'on' : 'off');
    this.#write(KEYS.callSound, this.calls.sound ? 'on' : 'off');
  }

  setZoom(zoom: Zoom): void {
    this.zoom = zoom;
    this.#write(KEYS.zoom, String(zoom));
  }

  /** The next larger (`1`) or smaller (`-1`) size; the same at either end. */
  zoomBy(by: 1 | -1): void {
    this.setZoom(ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, ZOOMS.indexOf(this.zoom) + by))] ?? 100);
  }

  /** Takes a zone that this machine knows; anything else is its own. */
  setZone(zone: string): void {
    this.zone = isZone(zone) ? zone : '';
    this.#write(KEYS.zone, this.zone);
  }

  setHours(hours: Hours): void {
    this.hours = hours;
    this.#write(KEYS.hours, hours);
  }

  setTimeFirst(first: First): void {
    this.timeFirst = first;
    this.#write(KEYS.timeFirst, first);
  }

  /** Gives a command another key, or none; why it cannot, where it cannot. */
  setKey(id: CommandId, chord: string): string | undefined {
    const refused = conflict(id, chord, this.keys);
    if (refused !== undefined) return refused;
    this.#keep(chord === letterOf(id, {}) ? without(this.keys, id) : { ...this.keys, [id]: chord });
    return undefined;
  }

  resetKeys(): void {
    this.#keep({});
  }

  #keep(keys: Moved): void {
    this.keys = keys;
    this.#write(KEYS.keys, JSON.stringify(keys));
  }

  toggleDensity(): void {
    this.setDensity(this.density === 'compact' ? 'regular' : 'compact');
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

function parsed(kept: string | null): unknown {
  try {
    return kept === null ? null : JSON.parse(kept);
  } catch {
    return null;
  }
}

function oneOf<Value extends string | number>(all: readonly Value[], value: string | number | null, otherwise: Value): Value {
  return all.find((each) => each === value) ?? otherwise;
}

/** Every zone that this machine knows, for a list. */
export function zones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((each) => each !== 'UTC')];
}

function isZone(zone: string): boolean {
  return zone !== '' && zones().includes(zone);
}
