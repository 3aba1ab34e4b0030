import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caps, chordOf } from './chord';
import { COMMAND_IDS, isSingleCharacter, meets, shippedCommand as commandOf, type CommandId } from './commands';
import { Guard, GUARD_MS } from './guard';
import { Keyboard, type Bindings } from './keyboard.svelte';

const press = (key: string, more: Partial<KeyboardEventInit> = {}): KeyboardEvent =>
  new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });

describe('the table of commands', () => {
  it('lets no single letter change the outside world, except hold, which only stops', () => {
    for (const id of COMMAND_IDS) {
      const { keys, consequence } = commandOf(id);
      if (!keys.some(isSingleCharacter)) continue;
      const harmless = consequence === 'none' || consequence === 'opens-a-gate' || (consequence === 'stops' && id === 'hold');
      expect(harmless, `${id} is on a single letter`).toBe(true);
    }
  });

  it('binds every command somewhere', () => {
    const files = readdirSync(join(process.cwd(), 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svelte'));
    const source = files.map((file) => readFileSync(join(process.cwd(), 'src', file), 'utf8')).join('\n');
    // As a binding is written, or as the command of an answer that is bound with the others.
    const unbound = COMMAND_IDS.filter((id) => !new RegExp(`(?:['{\\s]${id}'?: \\{\\s*run\\b)|(?:[a-z]: '${id}'[,} ])`).test(source));
    expect(files.length).toBeGreaterThan(50);
    expect(unbound, 'a key that does nothing').toEqual([]);
  });

  it('gives Enter alone to nobody', () => {
    expect(COMMAND_IDS.filter((id) => commandOf(id).keys.includes('Enter'))).toEqual([]);
  });

  it('uses every chord once, except for those that belong to different places', () => {
    const seen = new Map<string, CommandId[]>();
    for (const id of COMMAND_IDS) {
      for (const chord of commandOf(id).keys) {
        const others = seen.get(chord) ?? [];
        const clash = others.find((other) => meets(commandOf(id).place, commandOf(other).place));
        expect(clash, `${chord} is used by ${clash} and by ${id}, which can be on one screen`).toBeUndefined();
        seen.set(chord, [...others, id]);
      }
    }
  });
});

describe('a chord', () => {
  const cases = [
    { event: press('Enter', { ctrlKey: true }), chord: 'Ctrl+Enter' },
    { event: press('Enter', { metaKey: true }), chord: 'Ctrl+Enter' },
    { event: press('H', { shiftKey: true }), chord: 'Shift+H' },
    { event: press('h'), chord: 'h' },
    { event: press('?', { shiftKey: true }), chord: '?' },
    { event: press('C', { ctrlKey: true, shiftKey: true }), chord: 'Ctrl+Shift+C' },
    { event: press('ArrowDown'), chord: 'ArrowDown' },
  ];
  it.each(cases)('is spelled $chord', ({ event, chord }) => {
    expect(chordOf(event)).toBe(chord);
  });

  it('is printed with one cap per key', () => {
    expect(caps('Ctrl+Enter')).toEqual(['Ctrl', 'Enter']);
    expect(caps('j')).toEqual(['J']);
  });
});

describe('the guard of a gate', () => {
  it('refuses for 400 ms after the gate appeared, and again after it changed', () => {
    let now = 1000;
    const guard = new Guard(() => now);
    guard.arm();
    expect(guard.permits(), 'at once').toBe(false);
    now += GUARD_MS - 1;
    expect(guard.permits(), 'one millisecond early').toBe(false);
    now += 1;
    expect(guard.permits()).toBe(true);
    guard.arm();
    expect(guard.permits(), 'the gate became another one').toBe(false);
  });
});

describe('the keyboard', () => {
  function board(...layers: Bindings[]): Keyboard {
    const keys = new Keyboard(() => 0);
    for (const layer of layers) keys.bind(() => layer);
    return keys;
  }

  it('gives a key to the topmost part that wants it', () => {
    const said: string[] = [];
    const keys = board({ next: { run: () => said.push('below') } }, { next: { run: () => said.push('top') } });
    keys.press(press('j'));
    expect(said).toEqual(['top']);
  });

  it('hears nothing from the page while a dialog is open, even from what the page mounts later', () => {
    const said: string[] = [];
    const keys = board({ primary: { run: () => said.push('page') } });
    const dialog = keys.above();
    const close = dialog.bindAlone(() => ({ back: { run: () => said.push('closed') } }));
    keys.bind(() => ({ primary: { run: () => said.push('mounted later') } }));
    keys.press(press('Enter', { ctrlKey: true }));
    expect(said, 'the dialog offers no primary').toEqual([]);
    close();
    keys.press(press('Enter', { ctrlKey: true }));
    expect(said).toEqual(['mounted later']);
  });

  it('leaves letters to a text field and to a person who turned them off', () => {
    const said: string[] = [];
    const keys = board({ hold: { run: () => said.push('held') } });
    const field = document.createElement('input');
    document.body.append(field);
    field.addEventListener('keydown', (event) => keys.press(event));
    field.dispatchEvent(press('h'));
    keys.letters = false;
    keys.press(press('h'));
    expect(said).toEqual([]);
    keys.letters = true;
    keys.press(press('h'));
    expect(said).toEqual(['held']);
    field.remove();
  });

  it('does not do what says that it is unavailable, and does not repeat a key that is held down', () => {
    const said: string[] = [];
    const keys = board({ primary: { run: () => said.push('done'), unavailable: 'not yet' }, next: { run: () => said.push('next') } });
    keys.press(press('Enter', { ctrlKey: true }));
    keys.press(press('j', { repeat: true }));
    expect(said).toEqual([]);
  });
});
