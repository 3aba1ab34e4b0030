import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import App from './App.svelte';
import { FakeEngine, refuse, SILENT } from '$lib/api/fake';
import { blockedPlan } from '$lib/api/fixtures/plan';
import { blame, marks, unexplained, unreadable } from '$lib/api/fixtures/judgement';
import { NOW, releases } from '$lib/api/fixtures/releases';
import { longRecord } from '$lib/api/fixtures/large';
import { drillRun, held, interrupted, recovered, run, timeline, told, workspace } from '$lib/api/fixtures/run';
import { GUARD_MS } from '$lib/keys/guard';

const CHANGES = ['start', 'answer', 'order', 'resume', 'drill', 'leave_drill', 'save'];
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

interface Window {
  engine: FakeEngine;
  press: (key: string, more?: KeyboardEventInit) => Promise<void>;
  pass: (ms: number) => void;
  changes: () => string[];
}

async function open(hash: string, engine = new FakeEngine()): Promise<Window> {
  location.hash = hash;
  let steady = 0;
  render(App, { client: engine, startedAt: NOW, machine: { steady: () => steady } });
  await settle();
  return {
    engine,
    pass: (ms) => (steady += ms),
    changes: () => engine.asked.map((asked) => asked.name).filter((name) => CHANGES.includes(name)),
    press: async (key, more = {}) => {
      await fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
      await settle();
    },
  };
}

beforeEach(() => {
  localStorage.clear();
  location.hash = '';
});

describe('the window', () => {
  it('changes nothing when Enter is pressed twenty times, wherever it is', async () => {
    for (const hash of ['#/releases', '#/releases/checkout/production/checkout-2026.11.4', '#/plan/checkout/production/a/b', '#/run/r-7f3c', '#/drills']) {
      const window = await open(hash);
      window.pass(10_000);
      document.querySelector<HTMLElement>('[data-primary]')?.focus();
      for (let time = 0; time < 20; time += 1) await window.press('Enter');
      expect(window.changes(), hash).toEqual([]);
      cleanup();
    }
  });

  it('confirms the current step with Ctrl+Enter, once the gate has been there long enough', async () => {
    const window = await open('#/run/r-7f3c');
    await window.press('Enter', { ctrlKey: true });
    expect(window.changes(), 'within 400 ms').toEqual([]);
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.changes()).toEqual(['answer']);
  });

  it('holds the open run with H from any view', async () => {
    for (const hash of ['#/releases', '#/timeline/r-7f3c', '#/drills', '#/runs']) {
      const window = await open(hash);
      await window.press('h');
      expect(window.engine.asked.at(-1)?.request, hash).toMatchObject({ run: 'r-7f3c', order: 'hold' });
      cleanup();
    }
  });

  it('shows at most one primary action, in every state of a run', async () => {
    for (const view of [run, held, interrupted, recovered, drillRun]) {
      await open('#/run/r-7f3c', new FakeEngine(view));
      expect(document.querySelectorAll('[data-primary]').length, view.sentence).toBeLessThanOrEqual(1);
      cleanup();
    }
  });

  it('says in words, pattern and title that a drill is a drill', async () => {
    await open('#/run/r-7f3c', new FakeEngine(drillRun, { workspace: () => ({ ...workspace, practice: true }) }));
    expect(screen.getByText('SIMULATION')).toBeTruthy();
    expect(document.querySelector('.frame.drill')).toBeTruthy();
    expect(document.title).toMatch(/^DRILL/);
    expect(document.querySelector('[data-primary]')?.textContent).toContain('(simulated)');
  });

  it('keeps the last view of a run when the engine falls silent, and offers nothing that needs it', async () => {
    const window = await open('#/run/r-7f3c');
    window.engine.fallSilent();
    await settle();
    expect(screen.getByRole('heading', { level: 1, name: 'Bring back 2026.11.3' })).toBeTruthy();
    expect(document.querySelector('[data-primary]')?.getAttribute('aria-disabled')).toBe('true');
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.changes()).toEqual([]);
  });

  it('says who failed and what still holds when the engine never answered', async () => {
    await open('#/releases', new FakeEngine(run, { releases: refuse(SILENT), runs: () => [] }));
    expect(screen.getByText('The engine is not answering')).toBeTruthy();
    expect(screen.getByText('unreachable')).toBeTruthy();
  });

  it('tells what to do when there is nothing to show', async () => {
    await open('#/releases', new FakeEngine(run, { releases: () => ({ ...releases, deploys: [] }), runs: () => [] }));
    expect(screen.getByText(/No deploy is known yet/)).toBeTruthy();
  });

  it('comes back to the step that was looked at', async () => {
    await open('#/run/r-7f3c/verify');
    expect(screen.getByRole('heading', { level: 1, name: 'Prove recovery' })).toBeTruthy();
    expect(document.querySelector('[data-primary]'), 'the run is at another step').toBeNull();
  });

  it('can have its single letters turned off', async () => {
    localStorage.setItem('lastgood.letters', 'off');
    const window = await open('#/run/r-7f3c');
    await window.press('h');
    expect(window.changes()).toEqual([]);
  });
});

describe('closing the window on a run', () => {
  const leaving = {
    title: 'Close while a run is under way?',
    runs: ['checkout in production: Step 3 of 7 is waiting for you'],
    consequence: 'Nothing is lost: everything up to now is in the journal.',
    resume: 'To go on, open Lastgood again.',
    act: 'Interrupt the run and close',
  };

  async function asked(): Promise<{ answers: boolean[]; pass: (ms: number) => void; press: (key: string, more?: KeyboardEventInit) => Promise<void> }> {
    let ask: ((asked: typeof leaving) => void) | undefined;
    const answers: boolean[] = [];
    let steady = 0;
    const exit = { listen: (listener: typeof ask) => (ask = listener), answer: (sure: boolean) => answers.push(sure) };
    location.hash = '#/board';
    render(App, { client: new FakeEngine(), startedAt: NOW, machine: { steady: () => steady }, exit });
    await settle();
    ask?.(leaving);
    await settle();
    return {
      answers,
      pass: (ms) => (steady += ms),
      press: async (key, more = {}) => {
        await fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
        await settle();
      },
    };
  }

  it('says what is interrupted, that nothing is lost and how to go on', async () => {
    await asked();
    const dialog = screen.getByRole('dialog');
    for (const text of [leaving.title, leaving.runs[0]!, leaving.consequence, leaving.resume]) expect(dialog.textContent).toContain(text);
  });

  it('stays open when it is taken back, and is not closed by a reflex', async () => {
    const window = await asked();
    await window.press('Enter', { ctrlKey: true });
    expect(window.answers, 'within 400 ms').toEqual([]);
    await window.press('Escape');
    expect(window.answers).toEqual([false]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('closes when it is meant', async () => {
    const window = await asked();
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.answers).toEqual([true]);
  });
});

describe('starting a run', () => {
  it('is not possible before a target is chosen, and says so', async () => {
    const window = await open('#/plan/checkout/production/checkout-2026.11.4');
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.changes()).toEqual([]);
    expect(screen.getByText(/Nothing is chosen for you\.$/)).toBeTruthy();
  });

  it('starts exactly the plan that was shown', async () => {
    const window = await open('#/plan/checkout/production/checkout-2026.11.4/checkout-2026.11.3');
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.engine.asked.find((asked) => asked.name === 'start')?.request).toEqual({ hash: '7f3c19a2b04e', overrides: [] });
  });

  it('over a block needs a reason and the typed name of the service', async () => {
    const window = await open('#/plan/checkout/production/a/b', new FakeEngine(run, { plan: () => blockedPlan }));
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.changes(), 'no reason yet').toEqual([]);
    await fireEvent.input(screen.getByLabelText(/Reason to override/), { target: { value: 'column restored by hand' } });
    await window.press('Enter', { ctrlKey: true });
    expect(window.changes(), 'the name is asked for').toEqual([]);
    await fireEvent.input(screen.getByLabelText('Type checkout to go on'), { target: { value: 'checkout' } });
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.engine.asked.find((asked) => asked.name === 'start')?.request).toEqual({
      hash: blockedPlan.hash,
      overrides: [{ subject: 'migration 0188_drop_payer_ref', reason: 'column restored by hand' }],
    });
  });
});

describe('judgement', () => {
  it('shows every service on the board, the worst first, with what it could not measure', async () => {
    await open('#/board');
    const lanes = [...document.querySelectorAll('[data-lane]')].map((lane) => lane.getAttribute('aria-label'));
    expect(lanes[0]).toBe('checkout in production, burning 9.6 times');
    expect(lanes).toContain('notifications in production, not known');
  });

  it('keeps the order of the board while it is looked at, and offers to sort again', async () => {
    const health = (await import('$lib/api/fixtures/judgement')).health;
    let turned = false;
    const window = await open('#/board', new FakeEngine(run, { health: () => (turned ? { ...health, places: health.places.toReversed().map((each) => ({ ...each, state: each.state === 'within' ? 'burning' as const : each.state })) } : health) }));
    const first = (): string | undefined => document.querySelector('[data-lane]')?.getAttribute('aria-label')?.split(' ')[0];
    expect(first()).toBe('checkout');
    turned = true;
    await window.press('u');
    expect(first(), 'nothing moves under the eye').toBe('checkout');
    await window.press('w');
    expect(first()).toBe('search');
  });

  it('says of each term what it adds, and that no change explains it where none does', async () => {
    const window = await open('#/blame/checkout/production');
    expect(screen.getByText('+0.235', { exact: false })).toBeTruthy();
    expect(screen.getByText('ruled out')).toBeTruthy();
    expect(window.engine.asked.find((asked) => asked.name === 'blame')?.request).toEqual({ place: { service: 'checkout', environment: 'production' }, at: null });
    cleanup();
    await open('#/blame/checkout/production', new FakeEngine(run, { blame: () => unexplained }));
    expect(screen.getByText(/No change explains this/)).toBeTruthy();
    expect(blame.suspects.length, 'the first had some').toBeGreaterThan(0);
  });

  it('marks a release only when it was chosen as what, and why', async () => {
    const window = await open('#/releases/checkout/production/checkout-2026.11.4');
    await screen.findByRole('button', { name: /^Mark/ });
    await window.press('m');
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.engine.asked.some((asked) => asked.name === 'mark'), 'nothing is chosen beforehand').toBe(false);
    await fireEvent.click(await screen.findByRole('radio', { name: /Mark faulty/ }));
    await fireEvent.input(screen.getByLabelText('Reason'), { target: { value: 'it drops payments' } });
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.engine.asked.find((asked) => asked.name === 'mark')?.request).toEqual({
      which: { release: 'checkout-2026.11.4', service: 'checkout', environment: 'production' },
      mark: 'faulty',
      reason: 'it drops payments',
    });
  });

  it('shows a lock with what would bring the release back, wherever the lock is shown', async () => {
    await open('#/marks');
    expect(screen.getByText('argo-cd syncs shop/checkout by itself')).toBeTruthy();
    cleanup();
    const lock = marks.places[0]!.locks[0]!.lock;
    await open('#/board', new FakeEngine(run, { releases: () => ({ ...releases, deploys: releases.deploys.map((row) => ({ ...row, lock })) }) }));
    expect(screen.getAllByText('locked').length).toBeGreaterThan(0);
  });

  it('shows every mistake of a table with its place, and judges nothing', async () => {
    const window = await open('#/judge', new FakeEngine(run, { judge: () => unreadable }));
    await fireEvent.input(screen.getByLabelText('Counts'), { target: { value: 'tick,arm,total,bad\n1,canary,x,0' } });
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(screen.getByText('Line 2, column 10:')).toBeTruthy();
    expect(window.engine.asked.find((asked) => asked.name === 'judge')?.request).toMatchObject({ objective: 0.999, latency: false });
  });

  it('says that an answer is old as soon as the question is another', async () => {
    const window = await open('#/judge');
    await fireEvent.input(screen.getByLabelText('Counts'), { target: { value: 'a' } });
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(screen.queryByText(/asked before/)).toBeNull();
    await fireEvent.input(screen.getByLabelText('Promised, in percent'), { target: { value: '99' } });
    expect(screen.getByText(/asked before/)).toBeTruthy();
  });

  it('sends the choice among the ways out with the start, and not without a reason', async () => {
    const { plan } = await import('$lib/api/fixtures/plan');
    const way = { way: 'roll-back' as const, openness: { is: 'open' as const }, undoes: 1, services: ['checkout'], needs: [], takes: 90_000, reasons_for: ['it is quick'], reasons_against: [], because: 'it is the cheapest' };
    const window = await open('#/plan/checkout/production/a/b', new FakeEngine(run, { plan: () => ({ ...plan, mitigations: [way, { ...way, way: 'wait' as const }] }) }));
    await fireEvent.click(screen.getByRole('radio', { name: /Wait/ }));
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.changes(), 'this plan does not wait').toEqual([]);
    await fireEvent.click(screen.getByRole('radio', { name: /Roll back/ }));
    await window.press('Enter', { ctrlKey: true });
    expect(window.changes(), 'no reason yet').toEqual([]);
    await fireEvent.input(screen.getByLabelText('Why this way and no other'), { target: { value: 'no flag guards it' } });
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
    expect(window.engine.asked.find((asked) => asked.name === 'start')?.request).toMatchObject({ choice: 'no flag guards it' });
  });
});

describe('the timeline', () => {
  const said = (window: Window): unknown[] => window.engine.asked.filter((asked) => asked.name === 'annotate').map((asked) => asked.request);
  const confirm = async (window: Window): Promise<void> => {
    window.pass(GUARD_MS);
    await window.press('Enter', { ctrlKey: true });
  };

  it('stars, amends and leaves out the entry that was gone to, by key alone, and rewrites nothing', async () => {
    const window = await open('#/timeline/r-7f3c');
    await window.press('s');
    expect(said(window), 'before an entry was gone to').toEqual([]);
    await window.press('j');
    const id = document.activeElement?.getAttribute('data-entry');
    expect(id).toBe('e1');
    await window.press('s');
    expect(said(window)).toEqual([{ run: 'r-7f3c', say: { say: 'star', line: id } }]);

    await window.press('e');
    await confirm(window);
    expect(said(window).length, 'nothing was changed in it yet').toBe(1);
    await fireEvent.input(screen.getByLabelText('What happened'), { target: { value: 'It began' } });
    await confirm(window);
    expect(said(window)[1]).toEqual({ run: 'r-7f3c', say: { say: 'amend', line: id, text: 'It began', at: null } });

    await window.press('o');
    await confirm(window);
    expect(said(window).length, 'it is not left out without a reason').toBe(2);
    await fireEvent.input(screen.getByLabelText('Reason'), { target: { value: 'names a customer' } });
    await confirm(window);
    expect(said(window)[2]).toEqual({ run: 'r-7f3c', say: { say: 'hide', line: id, reason: 'names a customer' } });
  });

  it('marks a point at the time of the entry that was gone to, once it was said which', async () => {
    const window = await open('#/timeline/r-7f3c');
    await window.press('j');
    await window.press('m');
    await confirm(window);
    expect(said(window), 'none is chosen beforehand').toEqual([]);
    await fireEvent.click(screen.getByRole('radio', { name: 'Mitigated' }));
    await confirm(window);
    expect(said(window)).toMatchObject([{ say: { say: 'phase', milestone: 'mitigated', at: {} } }]);
    expect(JSON.stringify(said(window))).toMatch(/"text":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"/);
  });

  it('keeps what an amended entry first said beside what it says, and can be done by mouse', async () => {
    const lines = timeline.lines.map((line, at) =>
      at === 0
        ? { ...line, text: 'It began', starred: true, original: { at: line.at, text: 'First words' }, edits: [{ by: 'li', at: line.at, what: 'amended', says: 'It began' }] }
        : line,
    );
    const window = await open('#/timeline/r-7f3c', new FakeEngine(run, { timeline: ({ filter }) => told({ ...timeline, lines }, filter) }));
    const row = document.querySelector<HTMLElement>('[data-entry="e1"]');
    expect(row?.textContent).toMatch(/It began.*First words.*amended by li/s);
    row?.focus();
    await settle();
    await fireEvent.click(screen.getByRole('button', { name: /Take the star away/ }));
    await settle();
    expect(said(window)).toEqual([{ run: 'r-7f3c', say: { say: 'unstar', line: 'e1' } }]);
  });

  it('says why a change was refused, and that nothing was added', async () => {
    const problem = { code: 'not-now' as const, chain: ['run `r-7f3c` was imported: its journal is elsewhere'], hint: null };
    const window = await open('#/timeline/r-7f3c', new FakeEngine(run, { annotate: refuse(problem) }));
    await window.press('j');
    await window.press('s');
    expect(screen.getByText(/its journal is elsewhere/)).toBeTruthy();
    expect(screen.getByText('Nothing was added to the record.')).toBeTruthy();
  });

  it('asks the engine for the entries that fit, and for none of the others', async () => {
    const window = await open('#/timeline/r-7f3c');
    await fireEvent.click(screen.getByRole('radio', { name: /Starred/ }));
    await settle();
    expect(window.engine.asked.at(-1)).toMatchObject({ name: 'timeline', request: { filter: { starred: true } } });
    expect(document.querySelectorAll('[data-entry]').length).toBe(0);
    expect(screen.getByText('No entry fits this filter.')).toBeTruthy();
  });

  it('has few nodes in the document however many entries there are', async () => {
    await open('#/timeline/r-7f3c', new FakeEngine(run, { timeline: longRecord(50_000) }));
    expect(screen.getByRole('list', { name: '50000 entries' })).toBeTruthy();
    expect(document.querySelectorAll('*').length).toBeLessThanOrEqual(1500);
    const row = document.querySelector('[data-entry]');
    expect([row?.getAttribute('aria-posinset'), row?.getAttribute('aria-setsize')]).toEqual(['1', '50000']);
  });
});

describe('a run', () => {
  it('finds words in its log, and says how many lines have them', async () => {
    const window = await open('#/run/r-7f3c');
    await window.press('/');
    expect(document.activeElement).toBe(screen.getByLabelText('Find in the log'));
    await fireEvent.input(screen.getByLabelText('Find in the log'), { target: { value: 'paused at REVISION' } });
    const lines = screen.getByRole('log').querySelectorAll('.line');
    expect([...lines].map((line) => line.textContent)).toEqual([expect.stringContaining('the Deployment is paused at revision 42')]);
    expect(screen.getByText(`1 of ${run.log.length} lines`)).toBeTruthy();
    await fireEvent.input(screen.getByLabelText('Find in the log'), { target: { value: 'nobody said this' } });
    expect(screen.getByText('No line has these words.')).toBeTruthy();
  });

  it('keeps each line of its log in one line on demand', async () => {
    const window = await open('#/run/r-7f3c');
    expect(screen.getByRole('log').classList.contains('wrapped')).toBe(true);
    await window.press('w');
    expect(screen.getByRole('log').classList.contains('wrapped')).toBe(false);
  });

  it('shows its charts as numbers with T, and says what is not known', async () => {
    const holed = { ...run, judgements: run.judgements.map((each) => ({ ...each, points: [...each.points.slice(0, 2), { ...each.points[2]!, rate: null }] })) };
    const window = await open('#/run/r-7f3c', new FakeEngine(holed));
    await window.press('t');
    const rows = screen.getByRole('region', { name: `Numbers of ${run.judgements[0]?.slo}` }).querySelectorAll('tbody tr');
    expect(rows.length).toBe(3);
    expect(rows[0]?.textContent, 'newest first').toContain('not known');
  });

  it('tells a screen reader as much as the person wants to hear', async () => {
    const said = (): string[] => [...document.querySelectorAll('[aria-live=polite], [aria-live=assertive]')].map((each) => each.textContent.trim());
    for (const [level, steps, turn] of [['all', true, true], ['gates', false, true], ['none', false, false]] as const) {
      localStorage.setItem('lastgood.announce', level);
      await open('#/run/r-7f3c');
      expect([said()[0] !== '', said()[1]?.startsWith('Your turn')], level).toEqual([steps, turn]);
      cleanup();
    }
  });
});
