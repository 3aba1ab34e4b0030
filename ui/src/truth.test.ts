/** What the window may say: nothing old is drawn as new, and nothing unknown as good. */
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import App from './App.svelte';
import { FakeEngine, unanswered, type Answers } from '$lib/api/fake';
import { health } from '$lib/api/fixtures/judgement';
import { NOW, releases } from '$lib/api/fixtures/releases';
import { availability, held, run, verifying, workspace } from '$lib/api/fixtures/run';
import { fire } from '$components/board/fire';
import { reversal } from '$lib/design/reversibility';
import { seen, STALE_MS } from '$lib/design/seen';
import { tells } from '$lib/state/run.svelte';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

async function open(hash: string, engine: FakeEngine): Promise<{ press: (key: string) => Promise<void> }> {
  location.hash = hash;
  render(App, { client: engine, startedAt: NOW, machine: { steady: () => 0 } });
  await settle();
  return {
    press: async (key) => {
      await fireEvent.keyDown(document.body, { key });
      await settle();
    },
  };
}

const strip = (): string => document.querySelector('header.strip')?.textContent.replaceAll(/\s+/g, ' ') ?? '';

beforeEach(() => {
  cleanup();
  localStorage.clear();
  location.hash = '';
});

describe('health', () => {
  it('of a while ago is drawn as what it was, never as good', () => {
    const good = { ...availability, verdict: 'pass' as const };
    expect(seen(good, good.to + STALE_MS)).toMatchObject({ tone: 'good', stale: false });
    expect(seen(good, good.to + STALE_MS + 1)).toMatchObject({ tone: 'attention', mark: '○', label: 'was pass', stale: true });
    expect(seen(good, good.to, true), 'nobody says how it is').toMatchObject({ tone: 'attention', stale: true });
  });

  it('in the strip says of which release it is and how old', async () => {
    await open('#/run/r-7f3c', new FakeEngine(run));
    expect(strip()).toContain('availability of 2026.11.4 ▲ 4.8% bad 8 s ago');
    cleanup();
    const before = { ...run, judgements: [{ ...availability, to: NOW - 600_000 }] };
    await open('#/run/r-7f3c', new FakeEngine(before));
    expect(strip()).toContain('○ 4.8% bad 10 min ago');
  });

  it('that nothing was measured of is not known, in the strip and beside the run', async () => {
    await open('#/run/r-7f3c', new FakeEngine({ ...run, judgements: [] }));
    expect(strip()).toContain('○ health not known');
    expect(screen.getByText('○ Health is not known.')).toBeTruthy();
  });
});

describe('the clock and the facts', () => {
  it('are not set back by a view of then', () => {
    const clock = { heard: true, epoch: () => NOW };
    expect(tells({ ...run, now: NOW - 1 }, clock)).toBe(false);
    expect(tells({ ...run, now: NOW }, clock)).toBe(true);
    expect(tells({ ...run, now: NOW + 1, driven: false }, clock), 'nobody drives it').toBe(false);
    expect(tells({ ...run, now: NOW - 1 }, { ...clock, heard: false }), 'the first word').toBe(true);
  });

  it('keep what is not known when a run says something', async () => {
    const engine = new FakeEngine(run, { releases: () => ({ ...releases, doubts: ['search does not answer', 'ledger does not answer'] }) });
    await open('#/board', engine);
    expect(screen.getByText('○ 2 facts not known')).toBeTruthy();
    engine.tell({ ...run, revision: 99 });
    await settle();
    expect(screen.getByText('○ 2 facts not known')).toBeTruthy();
  });

  it('of an answer that is asked for by its address wait for the time of its world', async () => {
    const world = NOW - 200 * 86_400_000;
    let answer: (view: typeof workspace) => void = () => undefined;
    const engine = new FakeEngine(run, { workspace: () => new Promise((done) => (answer = done)), runs: () => [] });
    await open('#/blame/checkout/production', engine);
    expect(engine.asked.map((each) => each.name)).not.toContain('blame');
    answer({ ...workspace, now: world });
    await settle();
    expect(document.querySelector('.answer time')?.getAttribute('datetime')).toBe(new Date(world).toISOString());
  });
});

describe('with the engine away', () => {
  function mortal(): { engine: FakeEngine; die: () => void } {
    let dead = false;
    const until = <Answer>(answer: Answer) => (): Answer => (dead ? unanswered()() : answer);
    const answers: Partial<Answers> = { health: until(health), releases: until(releases), runs: until([]), workspace: until(workspace) };
    return { engine: new FakeEngine(run, answers), die: () => (dead = true) };
  }

  it('the board draws what is old as old, and the strip says so without a run', async () => {
    const { engine, die } = mortal();
    const { press } = await open('#/board', engine);
    expect(screen.getAllByText('● within SLO').length).toBeGreaterThan(0);
    die();
    await press('u');
    expect(screen.queryByText('● within SLO')).toBeNull();
    expect(screen.getAllByText('○ was within SLO').length).toBeGreaterThan(0);
    expect(document.querySelectorAll('svg.calm:not(.old)')).toHaveLength(0);
    expect(strip()).toContain('○ engine silent');
    expect(document.body.textContent, 'there is no run').not.toContain('The run is safe');
  });

  it('no key that would change something is offered, and the run is said to be safe', async () => {
    const engine = new FakeEngine();
    const { press } = await open('#/run/r-7f3c', engine);
    const hold = (): HTMLElement | undefined => [...document.querySelectorAll<HTMLElement>('footer.bar button')].find((each) => each.textContent.includes('hold'));
    expect(hold()).toBeDefined();
    engine.fallSilent();
    await settle();
    expect(hold(), 'the bar offers only what can be done').toBeUndefined();
    await press('h');
    expect(engine.asked.map((each) => each.name)).not.toContain('order');
    expect(document.body.textContent).toContain('The run is safe.');
  });
});

describe('what burns', () => {
  const burning = health.places.filter((each) => each.state === 'burning');

  it('is named where no run is open, and leads to the board', async () => {
    await open('#/releases', new FakeEngine(run, { runs: () => [] }));
    expect(burning.length).toBeGreaterThan(0);
    const cell = screen.getByTitle('To the board');
    expect(cell.textContent).toMatch(/▲ \S+ in production burns [\d.]+ times/);
    await fireEvent.click(cell);
    await settle();
    expect(location.hash).toBe('#/board');
  });

  it('is a canary, too, while the whole is within its objective: the lane and the strip say the same', async () => {
    const calm = health.places.find((each) => each.state === 'within');
    const part = { version: '2026.11.4', share: 0.1, judgement: availability };
    const places = calm === undefined ? [] : [{ ...calm, part }];
    expect(fire(places)?.how).toBe('2026.11.4 is bad: 4.8% of its requests');
    await open('#/board', new FakeEngine(run, { runs: () => [], health: () => ({ ...health, places }) }));
    const lane = document.querySelector('[data-lane]');
    expect(lane?.textContent).toContain('▲ 2026.11.4 is bad: 4.8% of its requests');
    expect(lane?.textContent).not.toContain('● within SLO');
    expect(lane?.getAttribute('aria-label')).toContain('2026.11.4 is bad');
    expect(screen.getByText(/a part of 1 service is bad/)).toBeTruthy();
    expect(document.body.textContent).not.toContain('nothing burns');
    expect(strip()).toContain('2026.11.4 is bad: 4.8% of its requests');
  });
});

describe('the step in the middle', () => {
  it('that is held says who holds it and waits for nobody', async () => {
    await open('#/run/r-7f3c', new FakeEngine(held));
    const hero = document.querySelector('article');
    expect(hero?.textContent).toContain('Held');
    expect(hero?.textContent).toContain('by ana, until the hold is released');
    expect(hero?.textContent).not.toContain('Waiting for you');
    expect(document.querySelector('[aria-current="step"] .value')?.textContent).toMatch(/^Held, *held$/);
    expect(document.querySelector('[data-primary]')?.textContent).toContain('Release the hold');
  });

  it('is said to be undone only where something is planned that undoes it', () => {
    const step = { reversibility: 'reversible', effect: {}, undo: null, role: 'forward' } as const;
    expect(reversal(step)).toBe('nothing is planned that undoes it');
    expect(reversal({ ...step, undo: {} })).toBe('can be undone');
    expect(reversal({ ...step, role: 'undo' })).toBe('can be undone');
    expect(reversal({ ...step, reversibility: 'irreversible' })).toBe('cannot be undone');
  });

  it('of a verification shows how long everything has held, and the time in it beside that', async () => {
    await open('#/run/r-7f3c', new FakeEngine(verifying));
    expect(screen.getByLabelText('Good for').textContent).toBe('2:10');
    const bar = screen.getByRole('progressbar');
    expect([bar.getAttribute('value'), bar.getAttribute('max')]).toEqual(['130000', '300000']);
    expect(screen.getByRole('timer').textContent).toBe('2:30');
  });
});

it('a suspect is one in words on its chip, and its name begins with them', async () => {
  await open('#/board', new FakeEngine(run, { runs: () => [] }));
  const chip = document.querySelector('a.chip.suspected');
  const words = chip?.textContent.replaceAll(/\s+/g, ' ').trim() ?? '';
  expect(words).toContain('suspect');
  expect(chip?.getAttribute('aria-label')?.replaceAll(/[\s↩]+/g, '')).toMatch(new RegExp(`^${words.replaceAll(/[\s↩]+/g, '').replaceAll('.', '\\.')}`));
});
