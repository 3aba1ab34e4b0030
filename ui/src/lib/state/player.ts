/**
 * Where a replay is: a moment after the run's start, and whether it moves. Pure, so that it can be
 * tested with any clock; a view asks it what time it is and draws that.
 */
import type { RunStatus, StepView } from '$lib/api/bindings';

export interface Played {
  /** Milliseconds after the start of the run. */
  at: number;
  playing: boolean;
  /** How many seconds of the run go by in one of ours. */
  speed: number;
}

/** At the beginning, and standing. */
export const START: Played = { at: 0, playing: false, speed: 10 };

/** `elapsed` milliseconds of ours later; it stops by itself at the end. */
export function after(played: Played, elapsed: number, end: number): Played {
  if (!played.playing) return played;
  const at = Math.min(end, played.at + elapsed * played.speed);
  return { ...played, at, playing: at < end };
}

/** Starts or stops it; from the end it starts again from the beginning. */
export function toggled(played: Played, end: number): Played {
  if (played.playing) return { ...played, playing: false };
  return { ...played, at: played.at >= end ? 0 : played.at, playing: end > 0 };
}

/** At another moment, inside of the run. */
export function sought(played: Played, at: number, end: number): Played {
  return { ...played, at: Math.max(0, Math.min(end, at)) };
}

/** The index of the last frame that is not after `at`; the first one before anything has happened. */
export function frameAt(frames: readonly { after: number }[], at: number): number {
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((frames[middle]?.after ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** The next moment in a direction at which something was recorded. */
export function beside(frames: readonly { after: number }[], at: number, by: 1 | -1): number {
  const here = frameAt(frames, at);
  const now = frames[here]?.after ?? 0;
  // Several entries may share one moment; a step always moves in time.
  for (let index = here; index >= 0 && index < frames.length; index += by) {
    const each = frames[index]?.after ?? 0;
    if (by === 1 ? each > now : each < at) return each;
  }
  return by === 1 ? (frames.at(-1)?.after ?? 0) : 0;
}

/** The steps as they stood: while the run was at work nobody was waited for, whatever a record cut off there looks like. */
export function stepsThen<Step extends Pick<StepView, 'status'>>(steps: readonly Step[], run: RunStatus): Step[] {
  return steps.map((step) => (run === 'working' && step.status === 'needs-you' ? { ...step, status: 'working' as const } : step));
}
