/** Where things lie on a lane: chips on their instant, the line of an objective behind them. */
import type { DeployRow, Judgement, Point, RunRow } from '$lib/api/bindings';

/** Nearer than this, two chips cannot be told apart and become a count. */
export const NEAR_PX = 24;
/** The widest chip: a glyph and a version of ordinary length. */
const CHIP_PX = 132;
/** What the word beside the version of a suspect takes. */
const SUSPECT_PX = 58;

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

/** Room to the right of now, so that what happened last can be read. */
export const AHEAD = 0.06;

/** The time that a board shows: `to` is a little after `now`, unless a part was picked. */
export interface Span {
  from: number;
  to: number;
  now: number;
}

export function spanOf(now: number, hours: number, picked: { from: number; to: number } | null): Span {
  if (picked !== null) return { ...picked, now };
  const length = hours * 3_600_000;
  return { from: now - length, to: now + length * AHEAD, now };
}

/** What is picked by dragging from one pixel to another; too short a stroke is a click. */
export function brushed(span: Span, width: number, a: number, b: number): { from: number; to: number } | null {
  if (Math.abs(a - b) < 8 || width <= 0) return null;
  const at = (x: number): number => span.from + (Math.max(0, Math.min(width, x)) / width) * (span.to - span.from);
  const [from, to] = [Math.round(at(Math.min(a, b))), Math.round(at(Math.max(a, b)))];
  return to - from < 60_000 ? null : { from, to };
}

/** The same length of time, earlier or later by half of it; never beyond what is shown at now. */
export function shifted(span: Span, by: 1 | -1): { from: number; to: number } {
  const half = ((span.to - span.from) / 2) * by;
  const most = Math.max(0, span.now + (span.to - span.from) * AHEAD - span.to);
  const move = by > 0 ? Math.min(half, most) : half;
  return { from: Math.round(span.from + move), to: Math.round(span.to + move) };
}

/** The deploys that put a release back which had been left: by what they are, not by who started them. */
export function goesBack(deploys: DeployRow[]): Set<DeployRow> {
  const seen = new Set<string>();
  const found = new Set<DeployRow>();
  let before: string | undefined;
  for (const deploy of deploys.toSorted((a, b) => a.at - b.at)) {
    if (seen.has(deploy.release.id) && before !== deploy.release.id) found.add(deploy);
    seen.add(deploy.release.id);
    before = deploy.release.id;
  }
  return found;
}

export interface Band {
  run: string;
  left: number;
  length: number;
  open: boolean;
  title: string;
}

/** When somebody was taking this service back. */
export function bands(runs: RunRow[], span: Span, width: number): Band[] {
  const scale = width / Math.max(1, span.to - span.from);
  return runs.flatMap((run) => {
    const end = run.ended_at ?? span.now;
    if (end < span.from || run.started_at > span.to) return [];
    const left = Math.max(0, (run.started_at - span.from) * scale);
    const right = Math.min(width, (end - span.from) * scale);
    return [{ run: run.run, left, length: Math.max(3, right - left), open: run.ended_at === null, title: `${run.title}: ${run.sentence}` }];
  });
}

/** The chips of one lane, oldest first. */
export function chips(deploys: DeployRow[], from: number, to: number, width: number, suspected: (deploy: DeployRow) => boolean = () => false): Chip[] {
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
    const most = CHIP_PX + (chip.deploys.some(suspected) ? SUSPECT_PX : 0);
    const right = Math.min(most, (next === undefined ? width : next - 6) - chip.x);
    const left = Math.min(most, chip.x - covered);
    const flipped = next === undefined && right < most && left > right;
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
export function draw(points: Point[], budget: number, { from, to, now }: Span, width: number, height: number): Drawn {
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
  const end = Math.min(now, to);
  const silent = last !== undefined && end - last.at > 2 * step;
  return { line, tail: silent && last ? `M${x(last.at)} ${y(last.rate)}H${x(end)}` : '', budget: y(budget) };
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

/** How long each rollout took, as two paths: those that have ended, and those that go on. Each is seen, however short. */
export function ranges(deploys: DeployRow[], span: Span, width: number): { ended: string; open: string } {
  const x = (at: number): number => Math.round(((at - span.from) / Math.max(1, span.to - span.from)) * width * 10) / 10;
  const paths = { ended: '', open: '' };
  for (const { at, ended_at } of deploys) {
    const end = ended_at ?? span.now;
    if (at > span.to || end < span.from) continue;
    const left = Math.max(0, x(at));
    paths[ended_at === null ? 'open' : 'ended'] += `M${left} 1H${Math.max(left + 2, Math.min(width, x(end)))}`;
  }
  return paths;
}
