import { describe, expect, it } from 'vitest';
import type { RunView } from '$lib/api/bindings';
import { run } from '$lib/api/fixtures/run';
import { Screens } from './screens.svelte';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
const after = (seq: number): RunView => ({ ...run, revision: seq });

describe('the screens of a replay', () => {
  it('are asked for once each, however often they are looked at', async () => {
    const asked: number[] = [];
    const screens = new Screens((seq) => {
      asked.push(seq);
      return Promise.resolve(after(seq));
    });
    for (const seq of [1, 2, 1, 2, 1]) {
      screens.show(seq);
      await settle();
      expect(screens.shown?.revision).toBe(seq);
    }
    expect(asked).toEqual([1, 2]);
  });

  it('skip those that were passed by while one was on its way', async () => {
    const asked: number[] = [];
    const answers: (() => void)[] = [];
    const screens = new Screens((seq) => {
      asked.push(seq);
      return new Promise((done) => answers.push(() => done(after(seq))));
    });
    for (const seq of [1, 2, 3, 4]) screens.show(seq);
    answers[0]?.();
    await settle();
    expect(screens.shown, 'what is no longer wanted is not shown').toBeUndefined();
    answers[1]?.();
    await settle();
    expect(asked).toEqual([1, 4]);
    expect(screens.shown?.revision).toBe(4);
  });

  it('say that one could not be had, keep what they showed, and ask again', async () => {
    let silent = true;
    const screens = new Screens((seq) => (silent && seq === 2 ? Promise.reject(new Error('silent')) : Promise.resolve(after(seq))));
    screens.show(1);
    await settle();
    screens.show(2);
    await settle();
    expect(screens.shown?.revision).toBe(1);
    expect(screens.problem, 'what is shown is not what was asked for').toBeDefined();
    silent = false;
    screens.show(2);
    await settle();
    expect(screens.shown?.revision).toBe(2);
    expect(screens.problem).toBeUndefined();
  });
});
