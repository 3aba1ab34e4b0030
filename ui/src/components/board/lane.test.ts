import { describe, expect, it } from 'vitest';
import { deploys, NOW } from '$lib/api/fixtures/releases';
import { measured } from '$lib/api/fixtures/judgement';
import { chips, draw, NEAR_PX, ticks, worst } from './lane';

const HOUR = 3_600_000;
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
    const drawn = draw([point(60, 0.01), point(50, 0.01), point(40, null), point(30, 0.02), point(20, null), point(10, null), point(0, null)], 0.01, NOW - HOUR, NOW, 600, 34);
    expect(drawn.line.match(/M/g)?.length, 'two pieces').toBe(2);
    expect(drawn.tail).toMatch(/^M300 [\d.]+H600$/);
  });

  it('has no tail while the values are fresh', () => {
    expect(draw([point(20, 0.01), point(10, 0.01), point(0, 0.01)], 0.01, NOW - HOUR, NOW, 600, 34).tail).toBe('');
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
