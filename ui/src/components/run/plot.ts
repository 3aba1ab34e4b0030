/** Turns a judgement's points into SVG paths. A gap in the data stays a gap in the line. */
import type { Point } from '$lib/api/bindings';

interface Plotted {
  line: string;
  /** Where the allowed share lies, from the top. */
  budget: number;
  /** `row` keeps labels that lie close together from covering each other. */
  marks: { x: number; row: number; label: string }[];
}

interface Mark {
  at: number;
  label: string;
}

/** Room above the highest value, so that the line never touches the edge. */
const HEADROOM = 1.15;

export function plot(points: readonly Point[], budget: number, marks: readonly Mark[], width: number, height: number): Plotted {
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? first;
  const span = Math.max(1, last - first);
  const rates = points.flatMap((point) => (point.rate === null ? [] : [point.rate]));
  const top = Math.max(0, ...rates, budget) * HEADROOM || 1;
  const x = (at: number): number => round(((at - first) / span) * width);
  const y = (rate: number): number => round(height - 2 - (rate / top) * (height - 4));

  let line = '';
  let down = false;
  for (const point of points) {
    if (point.rate === null) {
      down = false;
      continue;
    }
    line += `${down ? 'L' : 'M'}${x(point.at)} ${y(point.rate)}`;
    down = true;
  }
  return {
    line,
    budget: y(budget),
    marks: marks
      .filter((mark) => mark.at >= first && mark.at <= last)
      .map((mark, index) => ({ x: x(mark.at), row: index, label: mark.label })),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
