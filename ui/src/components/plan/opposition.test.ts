import { describe, expect, it } from 'vitest';
import type { Finding } from '$lib/api/bindings';
import { limitOf, lookedFor, noWayBackFrom, opponents } from './opposition';

const finding = (subject: string, grade: Finding['grade'], topic?: Finding['topic']): Finding => ({
  subject,
  grade,
  sentence: `${subject} was looked at`,
  mend: null,
  ...(topic === undefined ? {} : { topic }),
});

describe('what fights a plan', () => {
  it('is whoever puts things back, moves meanwhile, or keeps others out, known or not', () => {
    const findings = [
      finding('Argo CD', 'block', 'governor'),
      finding('rollout in flight', 'unknown', 'flight'),
      finding('change freeze', 'warn', 'freeze'),
      finding('image', 'block', 'artifact'),
      finding('who else sets it', 'pass', 'governor'),
      finding('an old engine', 'warn'),
    ];
    expect(opponents({ findings }).map(({ who }) => who)).toEqual(['Argo CD', 'rollout in flight', 'change freeze']);
  });

  it('is not known where nobody looked', () => {
    expect(lookedFor({ findings: [finding('image', 'pass', 'artifact')] })).toBe(false);
    expect(lookedFor({ findings: [finding('who else sets it', 'pass', 'governor')] })).toBe(true);
  });
});

it('a plan can be taken back until its first change that nothing undoes', () => {
  const read = { effect: null, undo: null };
  const both = { effect: {}, undo: {} };
  const final = { effect: {}, undo: null };
  expect(noWayBackFrom([read, both, final, both] as never)).toBe(3);
  expect(noWayBackFrom([read, both] as never)).toBeUndefined();
});

it('the limits of the steps are added, and a person has none', () => {
  expect(limitOf([{ timeout: 60_000 }, { timeout: null }, { timeout: 900_000 }])).toBe(960_000);
});
