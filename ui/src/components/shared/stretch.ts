/**
 * Which part of a long list of rows of any height is in the document. Rows are counted from zero in
 * groups of {@link GROUP}; heights and offsets are in CSS pixels, and a range ends before `to`.
 */

/** Few enough that little is drawn in vain, and enough that a list of 50,000 has few of them. */
export const GROUP = 10;

/** Far enough that a key or a turn of the wheel never meets an empty place. */
export const AHEAD_PX = 300;

/** How high each group was when it was last drawn, and what is taken for a row never seen. */
export interface Heights {
  known: ReadonlyMap<number, number>;
  row: number;
}

export interface Stretch {
  /** Groups to draw. */
  from: number;
  to: number;
}

export function groups(count: number): number {
  return Math.ceil(count / GROUP);
}

export function heightOf(group: number, count: number, { known, row }: Heights): number {
  return known.get(group) ?? Math.min(GROUP, count - group * GROUP) * row;
}

/** How high the groups from `from` on are together, up to `to`. */
export function between(from: number, to: number, count: number, heights: Heights): number {
  let sum = 0;
  for (let group = from; group < to; group += 1) sum += heightOf(group, count, heights);
  return sum;
}

/** The groups near an eye that sees `tall` pixels from `top` on. */
export function near(count: number, heights: Heights, top: number, tall: number): Stretch {
  const all = groups(count);
  let from = 0;
  let end = 0;
  while (from < all) {
    const next = end + heightOf(from, count, heights);
    if (next >= top - AHEAD_PX) break;
    end = next;
    from += 1;
  }
  let to = from;
  while (to < all && end <= top + tall + AHEAD_PX) {
    end += heightOf(to, count, heights);
    to += 1;
  }
  return { from: Math.min(from, Math.max(0, all - 1)), to: Math.max(to, Math.min(all, from + 1)) };
}

export type Piece = { kind: 'group'; at: number } | { kind: 'gap'; from: number; to: number };

/** What is drawn, in order: the groups near the eye and those that must stay, with the gaps between them. */
export function arranged(count: number, { from, to }: Stretch, kept: readonly number[]): Piece[] {
  const all = groups(count);
  const drawn = new Set(Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at));
  for (const place of kept) if (place >= 0 && place < count) drawn.add(Math.floor(place / GROUP));
  const found: Piece[] = [];
  let next = 0;
  for (const at of [...drawn].sort((a, b) => a - b)) {
    if (at >= all) continue;
    if (at > next) found.push({ kind: 'gap', from: next, to: at });
    found.push({ kind: 'group', at });
    next = at + 1;
  }
  if (next < all) found.push({ kind: 'gap', from: next, to: all });
  return found;
}
