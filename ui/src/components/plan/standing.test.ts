import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { plan } from '$lib/api/fixtures/plan';
import { detail, NOW } from '$lib/api/fixtures/releases';
import { workspace } from '$lib/api/fixtures/run';
import type { DrillsView, Fit } from '$lib/api/bindings';
import { standing } from './fit';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
const { place } = plan;
const target = detail.candidates[0]!.release.id;
const address = `#/plan/${place.service}/${place.environment}/r-1/${target}`;
const real = { ...workspace, practice: false, drill: null };
const outdated: Fit = {
  is: 'outdated',
  why: 'the plan saw 2026.11.4 in front, and now it is 2026.11.5',
  front: { release: 'r-5', version: '2026.11.5', since: NOW - 12_000, by: 'deploy pipeline' },
};

async function open(fit: () => Fit, drills?: DrillsView): Promise<FakeEngine> {
  location.hash = address;
  const engine = new FakeEngine(undefined, {
    workspace: () => real,
    runs: () => [],
    plan: () => ({ ...plan, drill: null, findings: [] }),
    plan_fit: ({ hash }) => ({ hash, at: NOW, fit: fit() }),
    ...(drills ? { plan_drills: () => drills } : {}),
  });
  render(App, { client: engine, startedAt: NOW });
  await settle();
  await settle();
  return engine;
}

const primary = (): Element => document.querySelector('[data-primary]')!;
const asked = (engine: FakeEngine, name: string): number => engine.asked.filter((each) => each.name === name).length;

describe('a plan that somebody reads', () => {
  beforeEach(() => localStorage.clear());

  it('is held against what runs, and says nothing while it fits', async () => {
    const engine = await open(() => ({ is: 'fits' }));
    expect(asked(engine, 'plan_fit')).toBe(1);
    expect(document.querySelector('[data-fit]')).toBeNull();
    expect(primary().getAttribute('aria-disabled')).toBe('false');
  });

  it('cannot be started once a deploy has landed, and says which, when and by whom', async () => {
    await open(() => outdated);
    const notice = document.querySelector<HTMLElement>('[data-fit="outdated"]')!;
    expect(notice.textContent).toContain('The plan saw 2026.11.4 in front, and now it is 2026.11.5.');
    expect(notice.textContent).toMatch(/The deploy of 2026\.11\.5 began 12 s ago.*, by deploy pipeline/);
    expect(primary().getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByText('The plan is outdated: plan again, and read what has changed.')).toBeTruthy();
  });

  it('is made again away from what is in front now, and keeps the target', async () => {
    await open(() => outdated);
    await fireEvent.click(within(document.querySelector<HTMLElement>('[data-fit]')!).getByRole('button', { name: /Plan again/ }));
    await settle();
    expect(location.hash).toBe(`#/plan/${place.service}/${place.environment}/r-5/${target}`);
  });

  it('lets the target go where that is what is in front now', async () => {
    await open(() => ({ ...outdated, front: { release: target, version: '2026.11.3', since: null, by: null } }));
    await fireEvent.click(within(document.querySelector<HTMLElement>('[data-fit]')!).getByRole('button', { name: /Plan again/ }));
    await settle();
    expect(location.hash).toBe(`#/plan/${place.service}/${place.environment}/${target}`);
  });

  it('is neither fitting nor outdated while nobody can tell, and says so', async () => {
    await open(() => ({ is: 'unknown', why: 'the cluster gave no answer within 12 s' }));
    expect(document.querySelector('[data-fit="unknown"]')?.textContent).toContain('The cluster gave no answer within 12 s.');
  });

  it('stays outdated when the engine falls silent', () => {
    const problem = { code: 'unreachable' as const, chain: ['the engine is not answering'], hint: null };
    const value = { hash: plan.hash, at: NOW, fit: outdated };
    expect(standing({ state: 'stale', value, at: NOW, problem }).is).toBe('outdated');
    expect(standing({ state: 'stale', value: { ...value, fit: { is: 'fits' } }, at: NOW, problem }).is).toBe('unknown');
    expect(standing({ state: 'failed', at: NOW, problem: { ...problem, code: 'not-found' } }).is, 'an engine begun anew has no plan').toBe('outdated');
  });
});

const drills: DrillsView = {
  runbook: plan.runbook,
  drills: [
    {
      scenario: 'bad-canary',
      title: 'A bad canary',
      summary: 'A canary fails payments.',
      minutes: 8,
      place,
      differs: ['The releases are made up; nothing real is looked at.'],
    },
  ],
  lacking: null,
};

describe('rehearsing the plan of a real service', () => {
  beforeEach(() => localStorage.clear());

  it('says which drill it is and what is other there, and chooses none', async () => {
    const engine = await open(() => ({ is: 'fits' }), drills);
    await fireEvent.keyDown(document.body, { key: 'd' });
    await settle();
    const dialog = screen.getByRole('dialog');
    expect(dialog.textContent).toContain('A bad canary');
    expect(dialog.textContent).toContain('The releases are made up; nothing real is looked at.');
    expect(dialog.querySelector('input:checked')).toBeNull();
    expect(asked(engine, 'drill'), 'nothing is set up by looking').toBe(0);
  });

  it('sets the drill up, begins to plan there, and never starts anything', async () => {
    const engine = await open(() => ({ is: 'fits' }), drills);
    await fireEvent.keyDown(document.body, { key: 'd' });
    await settle();
    await fireEvent.click(screen.getByRole('dialog').querySelector('input')!);
    await new Promise((done) => setTimeout(done, 450));
    await fireEvent.click(screen.getByRole('dialog').querySelector('[data-primary]')!);
    await settle();
    expect(engine.asked.find((each) => each.name === 'drill')?.request).toEqual({ scenario: 'bad-canary', seed: null, speed: null });
    expect(location.hash).toBe(`#/plan/${place.service}/${place.environment}/${detail.deploy.release.id}`);
    expect(asked(engine, 'start')).toBe(0);
  });

  it('says what would help where no drill fits', async () => {
    await open(() => ({ is: 'fits' }), { runbook: plan.runbook, drills: [], lacking: 'No drill rehearses `rollback-canary`.' });
    await fireEvent.keyDown(document.body, { key: 'd' });
    await settle();
    expect(screen.getByRole('dialog').textContent).toContain('No drill rehearses');
    expect(screen.getByRole('dialog').querySelector('[data-primary]')).toBeNull();
  });
});
