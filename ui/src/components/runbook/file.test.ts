import { describe, expect, it } from 'vitest';
import { fileOf, readable } from './file';

const FILES = [
  { path: 'drills/canary.yaml', text: 'drill: bad-canary\nrunbook: rollback-canary\n' },
  { path: 'a.yaml', text: '# first\nrunbook: "rollback"  # the plain one\n' },
  { path: 'b.yaml', text: 'runbook: rollback-canary\n' },
];

describe('the file of a runbook', () => {
  it('is the one that says so, and none where none does', () => {
    expect(fileOf(FILES, 'rollback')).toBe('a.yaml');
    expect(fileOf(FILES, 'roll')).toBeUndefined();
    expect(fileOf([], 'rollback')).toBeUndefined();
  });

  it('is not the drill that names its runbook', () => {
    expect(fileOf(FILES, 'rollback-canary')).toBe('b.yaml');
  });
});

it('a title with holes is read as words', () => {
  expect(readable('Roll back {{ service }} to {{ target.version }}')).toBe('Roll back the service to the target version');
  expect(readable('Turn {{inputs.flag}} off')).toBe('Turn the flag off');
  expect(readable('Wait')).toBe('Wait');
});
