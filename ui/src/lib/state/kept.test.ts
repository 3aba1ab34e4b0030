import { describe, expect, it } from 'vitest';
import { Kept } from './kept';

function shelf(): Pick<Storage, 'getItem' | 'setItem'> {
  const found = new Map<string, string>();
  return { getItem: (key) => found.get(key) ?? null, setItem: (key, value) => void found.set(key, value) };
}

describe('what a view keeps', () => {
  it('is there when the view comes back, and is not mixed up with what another keeps', () => {
    const here = shelf();
    new Kept(here, 'board/live').write({ service: 'checkout' });
    expect(new Kept(here, 'board/live').read()).toEqual({ service: 'checkout' });
    expect(new Kept(here, 'board/bad-canary').read(), 'another world').toEqual({});
  });

  it('is nothing where it cannot be read, and what is no word of it is left out', () => {
    for (const said of ['{', 'null', '3', '[1]'])
      expect(new Kept({ getItem: () => said, setItem: () => undefined }, 'board').read(), said).toEqual({});
    expect(new Kept({ getItem: () => '{"a":"b","c":4}', setItem: () => undefined }, 'board').read()).toEqual({ a: 'b' });
  });

  it('is forgotten by a window without storage, which goes on', () => {
    const none = (): never => {
      throw new Error('denied');
    };
    const kept = new Kept({ getItem: none, setItem: none }, 'board');
    kept.write({ service: 'checkout' });
    expect(kept.read()).toEqual({});
  });
});
