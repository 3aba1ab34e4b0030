import { describe, expect, it } from 'vitest';
import { drillMark } from './drill';

describe('the mark of a drill', () => {
  it('tells what is simulated from what is real, and neither from an incident', () => {
    expect(drillMark({ drill: 'bad-canary' })?.word).toBe('SIMULATION');
    expect(drillMark({ drill: null, exercise: 'quarterly' })).toMatchObject({ word: 'DRILL', what: 'quarterly' });
    expect(drillMark({ drill: null, exercise: 'quarterly' })?.reach).toContain('is real');
    expect(drillMark({ drill: null })).toBeUndefined();
    expect(drillMark(undefined)).toBeUndefined();
  });
});
