import { describe, expect, it } from 'vitest';
import { BEYOND, pieces, revealed, type Piece } from './rows';

const ROW = 52;
const rowsOf = (found: Piece[]): number[] => found.flatMap((each) => (each.kind === 'row' ? [each.at] : []));
/** Every row is either drawn or in exactly one gap. */
const covered = (found: Piece[]): number[] =>
  found.flatMap((each) => (each.kind === 'row' ? [each.at] : Array.from({ length: each.to - each.from }, (_, at) => each.from + at)));

describe('the rows near the eye', () => {
  it('are drawn with a few more on each side, and the others keep their height', () => {
    const found = pieces(1000, { top: 100 * ROW, tall: 10 * ROW, row: ROW });
    expect(found[0]).toEqual({ kind: 'gap', from: 0, to: 100 - BEYOND });
    expect(rowsOf(found)).toEqual(Array.from({ length: 10 + 2 * BEYOND }, (_, at) => 100 - BEYOND + at));
    expect(found.at(-1)).toEqual({ kind: 'gap', from: 110 + BEYOND, to: 1000 });
  });

  it('are all of a short list', () => {
    expect(pieces(3, { top: 0, tall: 680, row: ROW })).toEqual([0, 1, 2].map((at) => ({ kind: 'row', at })));
    expect(pieces(0, { top: 0, tall: 680, row: ROW })).toEqual([]);
  });

  it('count every row once, wherever the list is scrolled and whatever is kept', () => {
    for (let top = -200; top < 60 * ROW; top += 37) {
      for (const kept of [[], [0], [49], [7, 23], [-1], [50]]) {
        const found = pieces(50, { top, tall: 400, row: ROW }, kept);
        expect(covered(found), `${top}, ${kept.join()}`).toEqual(Array.from({ length: 50 }, (_, at) => at));
      }
    }
  });

  it('include the one that has the focus, however far away it is', () => {
    const found = pieces(500, { top: 300 * ROW, tall: 520, row: ROW }, [2]);
    expect(found.slice(0, 3)).toEqual([
      { kind: 'gap', from: 0, to: 2 },
      { kind: 'row', at: 2 },
      { kind: 'gap', from: 3, to: 300 - BEYOND },
    ]);
  });

  it('are few, however long the list is', () => {
    expect(rowsOf(pieces(100_000, { top: 2_000_000, tall: 680, row: ROW })).length).toBeLessThan(30);
  });
});

describe('a row that is wanted', () => {
  it('is brought to the nearer edge, and moves nothing where it is seen already', () => {
    const seen = { top: 10 * ROW, tall: 5 * ROW, row: ROW };
    expect(revealed(3, seen)).toBe(3 * ROW);
    expect(revealed(12, seen)).toBe(10 * ROW);
    expect(revealed(40, seen)).toBe(36 * ROW);
  });
});
