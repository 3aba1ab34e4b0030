import { describe, expect, it } from 'vitest';
import { after, beside, frameAt, sought, START, stepsThen, toggled } from './player';

const FRAMES = [{ after: 0 }, { after: 0 }, { after: 4_000 }, { after: 4_000 }, { after: 90_000 }];
const END = 90_000;

describe('a replay', () => {
  it('moves at its speed and stops by itself at the end', () => {
    const played = toggled(START, END);
    expect(after(played, 1_000, END)).toMatchObject({ at: 10_000, playing: true });
    expect(after(played, 60_000, END)).toMatchObject({ at: END, playing: false });
    expect(after(START, 60_000, END), 'what stands stands').toEqual(START);
  });

  it('starts again from the beginning once it is over', () => {
    const over = { ...START, at: END };
    expect(toggled(over, END)).toMatchObject({ at: 0, playing: true });
    expect(toggled({ ...START, at: 5 }, END)).toMatchObject({ at: 5, playing: true });
    expect(toggled(START, 0).playing, 'a run of one moment has nothing to play').toBe(false);
  });

  it('cannot be sought outside of the run', () => {
    expect(sought(START, -1, END).at).toBe(0);
    expect(sought(START, END + 1, END).at).toBe(END);
  });

  it('shows what stood after the last entry that is not later', () => {
    for (const [at, index] of [
      [0, 1],
      [3_999, 1],
      [4_000, 3],
      [89_999, 3],
      [90_000, 4],
    ] as const)
      expect(frameAt(FRAMES, at), `${at}`).toBe(index);
    expect(frameAt([], 5)).toBe(0);
  });

  it('steps from one recorded moment to the next and back', () => {
    expect(beside(FRAMES, 0, 1)).toBe(4_000);
    expect(beside(FRAMES, 4_000, 1)).toBe(90_000);
    expect(beside(FRAMES, 90_000, 1)).toBe(90_000);
    expect(beside(FRAMES, 90_000, -1)).toBe(4_000);
    expect(beside(FRAMES, 50_000, -1), 'back to where it stands').toBe(4_000);
    expect(beside(FRAMES, 4_000, -1)).toBe(0);
    expect(beside(FRAMES, 0, -1)).toBe(0);
  });
});

it('a step of a run at work waits for nobody', () => {
  const steps = [{ status: 'done' }, { status: 'needs-you' }] as const;
  expect(stepsThen(steps, 'working').map(({ status }) => status)).toEqual(['done', 'working']);
  expect(stepsThen(steps, 'needs-you').map(({ status }) => status)).toEqual(['done', 'needs-you']);
});
