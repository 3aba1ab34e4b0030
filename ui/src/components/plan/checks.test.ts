import { expect, it } from 'vitest';
import type { Finding, Grade } from '$lib/api/bindings';
import { tally } from './checks';

const finding = (subject: string, grade: Grade): Finding => ({ subject, grade, sentence: '', mend: null });

it('the checks in short name whatever did not pass, the worst first, and count the rest', () => {
  const found = tally([finding('a', 'pass'), finding('b', 'warn'), finding('c', 'unknown'), finding('d', 'pass'), finding('e', 'block'), finding('f', 'unknown')]);
  expect(found).toEqual([
    { grade: 'block', count: 1, subjects: ['e'] },
    { grade: 'unknown', count: 2, subjects: ['c', 'f'] },
    { grade: 'warn', count: 1, subjects: ['b'] },
    { grade: 'pass', count: 2, subjects: [] },
  ]);
});

it('where nothing was checked nothing passed', () => {
  expect(tally([])).toEqual([]);
});
