import { beforeEach, describe, expect, it } from 'vitest';
import { nextRegion } from './regions';

/** A page with a strip, tabs, a view of two parts and a bar, as the frame draws it. */
function build(): void {
  const make = (tag: string, attributes: Record<string, string>, ...children: Element[]): Element => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const button = (id: string): Element => make('button', { id });
  document.body.replaceChildren(
    make('header', { class: 'strip' }, button('strip')),
    make('nav', { class: 'tabs', 'aria-label': 'Views' }, button('tab'), button('tab-2')),
    make('main', {}, make('section', { 'aria-label': 'Step' }, button('step'), button('step-2')), make('section', { 'aria-label': 'Only to read' }), make('aside', {}, button('side'))),
    make('footer', {}, button('bar')),
  );
}

const at = (id: string): Element | null => document.getElementById(id);

describe('walking through the parts of the window', () => {
  beforeEach(build);

  it('goes to the first stop of each part, leaves out what has none, and comes round', () => {
    const seen: string[] = [];
    let focused = at('strip');
    for (let step = 0; step < 5; step += 1) {
      focused = nextRegion(document, focused, 1) ?? null;
      seen.push(focused?.id ?? 'nowhere');
    }
    expect(seen).toEqual(['tab', 'step', 'side', 'bar', 'strip']);
  });

  it('goes back the same way', () => {
    expect(nextRegion(document, at('strip'), -1)?.id).toBe('bar');
    expect(nextRegion(document, at('step-2'), -1)?.id, 'from anywhere inside').toBe('tab');
  });

  it('begins at an end when nothing has the focus', () => {
    expect(nextRegion(document, document.body, 1)?.id).toBe('strip');
    expect(nextRegion(document, null, -1)?.id).toBe('bar');
  });
});
