import { render } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { partsOf } from '$lib/format/told';
import { Keyboard } from '$lib/keys/keyboard.svelte';
import Stand from '$components/Stand.svelte';
import Told from './Told.svelte';

describe('a sentence with names in backticks', () => {
  it.each([
    ['`checkout` runs `v2`', 'checkout runs v2', ['checkout', 'v2']],
    ['nothing is named', 'nothing is named', []],
    ['a lone ` stays', 'a lone ` stays', []],
    ['<b>`<i>`</b>', '<b><i></b>', ['<i>']],
  ])('%s', (text, read, names) => {
    const { container } = render(Told, { text });
    expect(container.textContent).toBe(read);
    expect([...container.querySelectorAll('code')].map((each) => each.textContent)).toEqual(names);
  });
});

describe('an instant in a sentence', () => {
  it.each([
    ['changed at 2026-03-02 09:00:00Z, after it', '2026-03-02T09:00:00.000Z'],
    ['until 2026-03-02T09:00Z: the sale', '2026-03-02T09:00:00.000Z'],
  ])('is written in the clock of the window: %s', (text, instant) => {
    const { container } = render(Stand, { component: Told as never, inside: { text }, keys: new Keyboard(() => 0), ambient: { now: 0, zone: 'Europe/Madrid' } });
    expect(container.querySelector('time')?.getAttribute('datetime')).toBe(instant);
    expect(container.textContent, 'local time and UTC together').toContain('UTC');
    expect(container.textContent).not.toContain('Z');
  });

  it.each(['since 2026-02-31 09:00:00Z', 'release 2026-03-02', 'at 09:00:00Z', '`2026-03-02T09:00:00Z` is a name'])(
    'is left as it is where it is none: %s',
    (text) => {
      expect(partsOf(text).some((part) => part.is === 'time')).toBe(false);
    },
  );

  it('loses no character of the sentence', () => {
    const text = 'from 2026-03-02 09:00:00Z to 2026-03-02 10:00:00Z, and on';
    expect(partsOf(text).map((part) => part.text).join('')).toBe(text);
  });
});
