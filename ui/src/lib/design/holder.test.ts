import { expect, test } from 'vitest';
import { runLook, waitsForYou } from './status';
import { stepLook } from './step';

test('what somebody else drives waits for them and not for you', () => {
  const theirs = { status: 'needs-you', driven_by: 'ana' } as const;
  expect(waitsForYou(theirs)).toBe(false);
  expect(runLook(theirs)).toMatchObject({ label: 'Waiting for ana', tone: 'plain', shape: 'diamond' });
  expect(stepLook('act', 'needs-you', true, 'ana')).toMatchObject({ label: 'Waiting for ana', tone: 'plain' });
});

test('what is driven here waits for you, and any other status is told as it is', () => {
  expect(waitsForYou({ status: 'needs-you' })).toBe(true);
  expect(runLook({ status: 'needs-you' }).label).toBe('Waiting for you');
  expect(runLook({ status: 'held', driven_by: 'ana' }).label).toBe('Held');
  expect(stepLook('act', 'working', false, 'ana').label).toBe('Running');
});
