import { describe, expect, it } from 'vitest';
import { deploys, NOW } from '$lib/api/fixtures/releases';
import { measured } from '$lib/api/fixtures/judgement';
import { bands, brushed, chips, draw, goesBack, NEAR_PX, ranges, shifted, spanOf, ticks, worst } from './lane';
import { runRows } from '$lib/api/fixtures/run';

const HOUR = 3_600_000;
const LAST_HOUR = { from: NOW - HOUR, to: NOW, now: NOW };
const at = (...ago: number[]) => ago.map((minutes) => ({ ...deploys[0]!, at: NOW - minutes * 60_000 }));

describe('the chips of a lane', () => {
  it('stand on their instant, and become a count where they cannot be told apart', () => {
    const found = chips(at(300, 299, 120, 10), NOW - 6 * HOUR, NOW, 720);
    expect(found.map((chip) => [chip.x, chip.deploys.length])).toEqual([
      [120, 2],
      [480, 1],
      [700, 1],
    ]);
  });

  it('never cover one another, wherever the deploys are', () => {
    for (let seed = 1; seed < 60; seed += 1) {
      const some = at(...Array.from({ length: 12 }, (_, index) => (seed * 37 * (index + 1) * 7) % 360));
      let end = 0;
      for (const chip of chips(some, NOW - 6 * HOUR, NOW, 720)) {
        const start = chip.flipped ? chip.x - chip.room : chip.x;
        expect(start, `seed ${seed}`).toBeGreaterThanOrEqual(end);
        end = chip.flipped ? chip.x : chip.x + Math.min(chip.room, NEAR_PX);
      }
    }
  });

  it('are only of the time that is shown, and none is lost in it', () => {
    const found = chips(at(400, 100, 50, 49, 1, -5), NOW - 6 * HOUR, NOW, 720);
    expect(found.reduce((sum, chip) => sum + chip.deploys.length, 0)).toBe(4);
  });
});

describe('the line of a lane', () => {
  const point = (minutes: number, rate: number | null) => ({ at: NOW - minutes * 60_000, rate });

  it('has a hole where nothing is known, and a dotted tail from the last known value', () => {
    const drawn = draw([point(60, 0.01), point(50, 0.01), point(40, null), point(30, 0.02), point(20, null), point(10, null), point(0, null)], 0.01, LAST_HOUR, 600, 34);
    expect(drawn.line.match(/M/g)?.length, 'two pieces').toBe(2);
    expect(drawn.tail).toMatch(/^M300 [\d.]+H600$/);
  });

  it('has no tail while the values are fresh', () => {
    expect(draw([point(20, 0.01), point(10, 0.01), point(0, 0.01)], 0.01, LAST_HOUR, 600, 34).tail).toBe('');
  });

  it('is that of the objective that burns most', () => {
    const calm = { ...measured, slo: 'calm', evidence: { ...measured.evidence!, burn: 0.2 } };
    expect(worst([calm, measured])?.slo).toBe(measured.slo);
    expect(worst([])).toBeUndefined();
  });
});

it('an axis has whole instants, no nearer than a person can read', () => {
  for (const hours of [1, 3, 6, 24]) {
    const found = ticks(NOW - hours * HOUR, NOW, 900);
    expect(found.length).toBeLessThanOrEqual(11);
    expect(found.length).toBeGreaterThan(2);
    expect(found.every((each) => each % 300_000 === 0)).toBe(true);
  }
});

describe('the time that a board shows', () => {
  it('ends a little after now, so that the last deploy can be read', () => {
    const span = spanOf(NOW, 6, null);
    expect(span.now).toBe(NOW);
    expect(span.to).toBeGreaterThan(NOW);
    expect(NOW - span.from).toBe(6 * HOUR);
  });

  it('is what a stroke picks, and a click picks nothing', () => {
    const span = { from: 0, to: 6 * HOUR, now: 6 * HOUR };
    expect(brushed(span, 600, 300, 100)).toEqual({ from: HOUR, to: 3 * HOUR });
    expect(brushed(span, 600, 300, 303)).toBeNull();
    expect(brushed(span, 600, 500, 9000)?.to, 'no further than the edge').toBe(6 * HOUR);
  });

  it('moves by half its length, and never beyond now', () => {
    const span = { from: NOW - 4 * HOUR, to: NOW - 2 * HOUR, now: NOW };
    expect(shifted(span, -1)).toEqual({ from: NOW - 5 * HOUR, to: NOW - 3 * HOUR });
    expect(shifted(shiftedSpan(span), 1).to).toBeLessThanOrEqual(NOW + 2 * HOUR * 0.06 + 1);
  });
});

const shiftedSpan = (span: { from: number; to: number; now: number }) => ({ ...shifted(span, 1), now: span.now });

it('a deploy of a release that had been left is a way back, one of the same release again is not', () => {
  const release = (id: string, minutes: number) => ({ ...deploys[0]!, at: NOW - minutes * 60_000, release: { ...deploys[0]!.release, id } });
  const rows = [release('a', 50), release('b', 40), release('b', 30), release('a', 20), release('c', 10)];
  expect([...goesBack(rows)]).toEqual([rows[3]]);
});

it('a run is a band from its start to its end, or to now', () => {
  const row = { ...runRows[0]!, started_at: NOW - 30 * 60_000 };
  const span = { from: NOW - HOUR, to: NOW, now: NOW };
  const [open] = bands([{ ...row, ended_at: null }], span, 600);
  const [over] = bands([{ ...row, ended_at: NOW - 15 * 60_000 }], span, 600);
  expect(open).toMatchObject({ left: 300, length: 300, open: true });
  expect(over).toMatchObject({ left: 300, length: 150, open: false });
  expect(bands([{ ...row, started_at: NOW - 5 * HOUR, ended_at: NOW - 4 * HOUR }], span, 600)).toEqual([]);
});

describe('the rollouts of a lane', () => {
  it('are two paths, whatever their number; each can be seen, and none leaves the track', () => {
    const some = at(90, 30, 20).map((each, index) => ({ ...each, ended_at: index === 1 ? each.at + 1 : index === 2 ? null : each.at + 60 * 60_000 }));
    const { ended, open } = ranges(some, LAST_HOUR, 600);
    expect(ended, 'one began before what is shown, one is too short to be seen').toBe('M0 1H300M300 1H302');
    expect(open, 'what goes on reaches now').toBe('M400 1H600');
    expect(ranges(at(500), LAST_HOUR, 600).open, 'without an end it still goes on').toBe('M0 1H600');
  });
});
