/**
 * Which rows of a long list of equal rows are in the document. Heights and offsets are in CSS pixels,
 * rows are counted from zero, and a range ends before `to`.
 */

/** Rows beyond each edge, so that a turn of the wheel never meets an empty place. */
export const BEYOND = 4;

export interface Seen {
  /** How far the list is scrolled, from the first row on. */
  top: number;
  /** How much of it is seen. */
  tall: number;
  /** How high one row is. */
  row: number;
}

export type Piece =
  /** A row, by its place in the list. */
  | { kind: 'row'; at: number }
  /** Rows that are away; they keep their height. */
  | { kind: 'gap'; from: number; to: number };

/** The rows near the eye, then those that must stay wherever they are, with the gaps between them. */
export function pieces(count: number, { top, tall, row }: Seen, kept: readonly number[] = []): Piece[] {
  const from = Math.max(0, Math.min(count, Math.floor(top / row) - BEYOND));
  const to = Math.max(from, Math.min(count, Math.ceil((top + tall) / row) + BEYOND));
  const rows = new Set(Array.from({ length: to - from }, (_, at) => from + at));
  for (const at of kept) if (at >= 0 && at < count) rows.add(at);
  const found: Piece[] = [];
  let next = 0;
  for (const at of [...rows].sort((a, b) => a - b)) {
    if (at > next) found.push({ kind: 'gap', from: next, to: at });
    found.push({ kind: 'row', at });
    next = at + 1;
  }
  if (next < count) found.push({ kind: 'gap', from: next, to: count });
  return found;
}

/** How far a list must be scrolled for a row to be seen whole; where it is, when it is seen already. */
export function revealed(at: number, { top, tall, row }: Seen): number {
  if (at * row < top) return at * row;
  if ((at + 1) * row > top + tall) return (at + 1) * row - tall;
  return top;
}
