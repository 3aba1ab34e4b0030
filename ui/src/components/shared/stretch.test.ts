import { describe, expect, it } from 'vitest';
import { AHEAD_PX, arranged, between, GROUP, groups, near, type Heights } from './stretch';

const EVEN: Heights = { known: new Map(), row: 30 };
const COUNT = 50_000;

describe('a long list of rows of any height', () => {
  it('draws what is near the eye and little more, wherever the eye is', () => {
    for (const top of [0, 12_345, 700_000, COUNT * 30 - 800]) {
      const { from, to } = near(COUNT, EVEN, top, 800);
      expect(between(0, from, COUNT, EVEN), 'nothing above is missing').toBeLessThanOrEqual(Math.max(0, top - AHEAD_PX) + GROUP * 30);
      expect(between(0, to, COUNT, EVEN), 'nothing below is missing').toBeGreaterThanOrEqual(Math.min(COUNT * 30, top + 800));
      expect((to - from) * GROUP).toBeLessThanOrEqual(Math.ceil((800 + 2 * AHEAD_PX) / 30) + 2 * GROUP);
    }
  });

  it('is as high in all as its rows are, whichever are drawn', () => {
    const heights: Heights = { known: new Map([[0, 900], [3, 70]]), row: 30 };
    const whole = between(0, groups(COUNT), COUNT, heights);
    for (const kept of [[], [49_999], [0, 25_000]]) {
      const sum = arranged(COUNT, { from: 10, to: 18 }, kept)
        .map((piece) => (piece.kind === 'gap' ? between(piece.from, piece.to, COUNT, heights) : between(piece.at, piece.at + 1, COUNT, heights)))
        .reduce((a, b) => a + b, 0);
      expect(sum).toBe(whole);
    }
  });

  it('keeps the row that has the focus in the document, however far away it is', () => {
    const pieces = arranged(COUNT, { from: 0, to: 4 }, [31_007]);
    expect(pieces).toContainEqual({ kind: 'group', at: 3100 });
    expect(pieces.length, 'and only gaps beside it').toBe(4 + 3);
  });

  it('never draws a group that is not there', () => {
    expect(groups(0)).toBe(0);
    expect(arranged(0, near(0, EVEN, 0, 800), [3])).toEqual([]);
    expect(arranged(7, near(7, EVEN, 9_999, 800), [6, 7, -1])).toEqual([{ kind: 'group', at: 0 }]);
  });
});
