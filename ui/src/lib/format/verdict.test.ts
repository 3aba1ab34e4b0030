import { describe, expect, it } from 'vitest';
import { measured } from '$lib/api/fixtures/judgement';
import { availability } from '$lib/api/fixtures/run';
import { number, share, twin, verdictRows } from './verdict';

describe('a number behind a verdict', () => {
  it('has three digits that mean something, and says when it is beyond counting', () => {
    expect([0, 0.00012, 0.94, 1.4, 412.2, 8120.4, 4.2e9, null].map(number)).toEqual([
      '0',
      '1.2e-4',
      '0.94',
      '1.4',
      '412',
      '8,120',
      '4.2e9',
      'beyond counting',
    ]);
  });

  it('is no rate where there were no requests', () => {
    expect(share({ total: 0, bad: 0 })).toBe('no requests');
    expect(share(null)).toBe('none beside it');
    expect(share({ total: 12_480, bad: 599 })).toBe('599 of 12,480 (4.8%)');
  });

  it('stands beside the threshold that it is held against, and says whether that is reached', () => {
    const rows = verdictRows(measured);
    expect(rows.find((row) => row.name.startsWith('more than 2 times worse'))).toEqual({
      name: 'more than 2 times worse than the old release',
      value: '8,120',
      against: 'rolls back at 200, first in interval 9',
      reached: true,
    });
    expect(rows.find((row) => row.name === 'the old release breaks the objective')?.reached).toBe(false);
    expect(rows.find((row) => row.name === 'budget spent, last 5 min')?.value).toBe('9.6 times');
  });

  it('is read out in one sentence that leaves none of them out', () => {
    const rows = verdictRows(measured);
    for (const row of rows) expect(twin(rows), row.name).toContain(`${row.name}: ${row.value}`);
  });

  it('keeps the counts of a verdict that an older version gave', () => {
    expect(verdictRows(availability).map((row) => row.value)).toEqual(['599 of 12,480 (4.8%)']);
  });

  it('never calls a test reached on evidence that is below it, and always on evidence beyond counting', () => {
    const rollout = measured.evidence!.rollout!;
    for (const [e, reached] of [[199.9, false], [200, true], [null as unknown as number, true]] as const) {
      const rows = verdictRows({
        ...measured,
        evidence: { ...measured.evidence!, rollout: { ...rollout, statistics: { ...rollout.statistics, e_ratio: e } } },
      });
      expect(rows.find((row) => row.name.startsWith('more than'))?.reached, String(e)).toBe(reached);
    }
  });
});
