import { describe, expect, it } from 'vitest';
import { linkTo } from './link';
// The same file is read by the engine's tests, so that both sides mean the same place.
import links from './links.json';
import { readRoute, writeRoute } from './route';

describe('a link', () => {
  it('means the same place on both sides', () => {
    expect(links.length).toBeGreaterThan(4);
    for (const { link, address } of links) {
      const route = readRoute(address);
      expect(writeRoute(route)).toBe(address);
      expect(linkTo(route)).toBe(link);
    }
  });

  it('leads to the run from its timeline and from any of its steps', () => {
    expect(linkTo({ view: 'run', run: 'r-1', step: 'verify' })).toBe('lastgood://run/r-1');
    expect(linkTo({ view: 'timeline', run: 'r-1' })).toBe('lastgood://run/r-1');
  });

  it('leads to a release from the board too, and to nothing from a plan', () => {
    const open = { place: { service: 'checkout', environment: 'production' }, release: 'a/b' };
    expect(linkTo({ view: 'board', open })).toBe('lastgood://release/checkout/production/a%2Fb');
    expect(linkTo({ view: 'plan', place: open.place, from: 'a', to: null })).toBeUndefined();
    expect(linkTo({ view: 'board', open: null })).toBeUndefined();
  });
});
