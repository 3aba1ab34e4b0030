import { describe, expect, it } from 'vitest';
import { Refused } from '$lib/api/client';
import { FakeEngine, refuse, SILENT } from '$lib/api/fake';
import { run } from '$lib/api/fixtures/run';
import { WorldClock } from './clock.svelte';
import { Loader } from './loader.svelte';
import { RunWatch } from './run.svelte';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe('a loader', () => {
  it('keeps an old answer and says why it is old', async () => {
    let silent = false;
    const loader = new Loader(() => (silent ? Promise.reject(new Refused(SILENT)) : Promise.resolve('rows')), () => 7);
    await loader.load();
    silent = true;
    await loader.load();
    expect(loader.current).toEqual({ state: 'stale', value: 'rows', at: 7, problem: SILENT });
  });

  it('has failed when there never was an answer', async () => {
    const loader = new Loader(() => Promise.reject(new Refused(SILENT)), () => 7);
    await loader.load();
    expect(loader.current).toEqual({ state: 'failed', problem: SILENT, at: 7 });
  });

  it('believes the newest question, not the latest answer', async () => {
    const answers: ((value: string) => void)[] = [];
    const loader = new Loader(() => new Promise<string>((answer) => answers.push(answer)), () => 0);
    const first = loader.load();
    const second = loader.load();
    answers[1]?.('new');
    answers[0]?.('old');
    await Promise.all([first, second]);
    expect(loader.value).toBe('new');
  });
});

describe('a watched run', () => {
  it('drops a view that is older than the one on screen, and one of another run', () => {
    const watch = new RunWatch(run.run, new FakeEngine(), () => undefined);
    watch.take({ ...run, revision: 5, sentence: 'newer' });
    watch.take({ ...run, revision: 4, sentence: 'older' });
    watch.take({ ...run, revision: 9, run: 'another', sentence: 'other' });
    expect(watch.view?.sentence).toBe('newer');
  });

  it('sends one answer at a time, and a hold at any time', async () => {
    const engine = new FakeEngine();
    const watch = new RunWatch(run.run, engine, () => undefined);
    const answer = { step: 'restore', kind: 'confirm', option: null, text: null } as const;
    const both = [watch.answer(answer), watch.answer(answer), watch.order('hold')];
    expect(await Promise.all(both)).toEqual([true, false, true]);
    expect(engine.asked.map((asked) => asked.name)).toEqual(['answer', 'order']);
  });

  it('keeps what the engine refused, and moves nothing', async () => {
    const problem = { code: 'step-stale' as const, chain: ['the run has moved on'], hint: null };
    const watch = new RunWatch(run.run, new FakeEngine(run, { answer: refuse(problem) }), () => undefined);
    watch.take(run);
    expect(await watch.answer({ step: 'restore', kind: 'confirm', option: null, text: null })).toBe(false);
    expect(watch.refusal).toEqual(problem);
    expect(watch.view).toBe(run);
  });

  it('says that the engine fell silent, and keeps the last view', async () => {
    const engine = new FakeEngine();
    const watch = new RunWatch(run.run, engine, () => undefined);
    const stop = watch.watch();
    await settle();
    engine.fallSilent();
    expect(watch.link.state).toBe('lost');
    expect(watch.view?.run).toBe(run.run);
    stop();
  });
});

describe('the clock of the shown world', () => {
  it('counts on between two words of the engine, at the speed of the drill', () => {
    let steady = 0;
    const clock = new WorldClock({ steady: () => steady }, 1_000_000);
    clock.hear(2_000_000, 20);
    steady += 500;
    expect(clock.epoch()).toBe(2_010_000);
  });
});
