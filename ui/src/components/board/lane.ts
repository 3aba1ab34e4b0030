/** Where things lie on a lane: chips on their instant, the line of an objective behind them. */
import type { DeployRow, Judgement, Point } from '$lib/api/bindings';

/** Nearer than this, two chips cannot be told apart and become a count. */
export const NEAR_PX = 24;
/** The widest chip: a glyph and a version of ordinary length. */
const CHIP_PX = 132;

export interface Chip {
  /** Where its stem stands, in pixels from the left. */
  x: number;
  /** How far it may reach before it would cover the next. */
  room: number;
  /** Drawn to the left of its stem, because the window ends on its right. */
  flipped: boolean;
  /** One deploy, or several that are too close together; oldest first. */
  deploys: [DeployRow, ...DeployRow[]];
}

/** The chips of one lane, oldest first. */
export function chips(deploys: DeployRow[], from: number, to: number, width: number): Chip[] {
  const scale = to > from ? width / (to - from) : 0;
  const found: Chip[] = [];
  for (const deploy of deploys.filter((each) => each.at >= from && each.at <= to).toSorted((a, b) => a.at - b.at)) {
    const x = Math.round((deploy.at - from) * scale);
    const last = found.at(-1);
    if (last && x - last.x < NEAR_PX) last.deploys.push(deploy);
    else found.push({ x, room: CHIP_PX, flipped: false, deploys: [deploy] });
  }
  let covered = 0;
  return found.map((chip, index) => {
    const next = found[index + 1]?.x;
    const right = Math.min(CHIP_PX, (next === undefined ? width : next - 6) - chip.x);
    const left = Math.min(CHIP_PX, chip.x - covered);
    const flipped = next === undefined && right < CHIP_PX && left > right;
    covered = chip.x + (flipped ? 0 : right) + 6;
    return { ...chip, flipped, room: Math.max(NEAR_PX - 4, flipped ? left : right) };
  });
}

export interface Drawn {
  /** Known values, in pieces: a hole is a hole. */
  line: string;
  /** From the last known value to now, where nothing is known. */
  tail: string;
  /** The height of what is allowed. */
  budget: number;
}

/** The line of one objective in a box of `width` by `height`; higher is worse. */
export function draw(points: Point[], budget: number, from: number, to: number, width: number, height: number): Drawn {
  const inside = points.filter((point) => point.at >= from && point.at <= to);
  const most = Math.max(budget * 2.5, ...inside.map((point) => point.rate ?? 0));
  const x = (at: number): number => Math.round(((at - from) / Math.max(1, to - from)) * width * 10) / 10;
  const y = (rate: number): number => Math.round((height - 1 - (Math.min(rate, most) / (most || 1)) * (height - 4)) * 10) / 10;
  let line = '';
  let pen = false;
  let last: { at: number; rate: number } | undefined;
  for (const point of inside) {
    if (point.rate === null) {
      pen = false;
      continue;
    }
    line += `${pen ? 'L' : 'M'}${x(point.at)} ${y(point.rate)}`;
    pen = true;
    last = { at: point.at, rate: point.rate };
  }
  const step = inside.length > 1 ? ((inside.at(-1)?.at ?? 0) - (inside[0]?.at ?? 0)) / (inside.length - 1) : 0;
  const silent = last !== undefined && to - last.at > 2 * step;
  return { line, tail: silent && last ? `M${x(last.at)} ${y(last.rate)}H${width}` : '', budget: y(budget) };
}

/** The objective that is worst off: the one a person should look at first. */
export function worst(objectives: Judgement[]): Judgement | undefined {
  const burn = (one: Judgement): number => one.evidence?.burn ?? (one.counts.total > 0 ? one.counts.bad / one.counts.total / one.budget : -1);
  return objectives.toSorted((a, b) => burn(b) - burn(a))[0];
}

const MINUTE = 60_000;
/** Steps of an axis that people count in. */
const STEPS = [5, 10, 15, 30, 60, 120, 240, 480].map((minutes) => minutes * MINUTE);

/** Instants for the axis: whole ones, at least 90 px apart. */
export function ticks(from: number, to: number, width: number): number[] {
  const most = Math.max(1, Math.floor(width / 90));
  const step = STEPS.find((each) => (to - from) / each <= most) ?? 1440 * MINUTE;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}
