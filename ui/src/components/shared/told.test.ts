import { render } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
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
