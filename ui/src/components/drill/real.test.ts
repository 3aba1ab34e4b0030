import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { plan } from '$lib/api/fixtures/plan';
import { detail, NOW, releases } from '$lib/api/fixtures/releases';
import { workspace } from '$lib/api/fixtures/run';
import type { PlaceView, WorkspaceView } from '$lib/api/bindings';
import { tierOf } from '$lib/design/tier';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
const { place } = plan;
const candidate = detail.candidates[0]!.release.id;

function at(tier: PlaceView['tier']): PlaceView {
  return { place, platform: 'kubernetes', strategy: 'rolling', coordinates: 'context staging, namespace shop', runbook: null, tier };
}

async function open(hash: string, places: PlaceView[], more: Partial<WorkspaceView> = {}): Promise<FakeEngine> {
  location.hash = hash;
  const world = { ...workspace, practice: false, drill: null, places, ...more };
  const engine = new FakeEngine(undefined, {
    workspace: () => world,
    runs: () => [],
    plan_exercise: ({ why }) => ({ ...plan, drill: null, exercise: why, findings: [] }),
  });
  render(App, { client: engine, startedAt: NOW });
  await settle();
  return engine;
}

const asked = (engine: FakeEngine, name: string): unknown[] => engine.asked.filter((each) => each.name === name).map((each) => each.request);

describe('a drill on a real system', () => {
  beforeEach(() => localStorage.clear());

  it('is offered where the catalog says that no users are, and leads to its plan', async () => {
    await open('#/drills', [at('staging')]);
    await fireEvent.click(screen.getByRole('button', { name: `Plan a drill of ${place.service} in ${place.environment}` }));
    await settle();
    const from = releases.deploys.find((row) => row.running) ?? releases.deploys[0]!;
    expect(location.hash).toBe(`#/plan-drill/${place.service}/${place.environment}/${from.release.id}`);
  });

  it.each(['production', null] as const)('is not offered where the catalog says %s', async (tier) => {
    await open('#/drills', [at(tier)]);
    expect(screen.queryByRole('button', { name: /Plan a drill/ })).toBeNull();
    expect(screen.getByText(/None here: a drill whose changes are real/)).toBeTruthy();
  });

  it('is no matter of a practice world', async () => {
    await open('#/drills', [at('staging')], { practice: true });
    expect(screen.queryByText('On a real system')).toBeNull();
  });

  it('is planned once somebody has said what it rehearses, and is marked before anything happens', async () => {
    const engine = await open(`#/plan-drill/${place.service}/${place.environment}/r-1/${candidate}`, [at('staging')]);
    expect(asked(engine, 'plan_exercise')).toEqual([]);
    expect(document.querySelector('[data-primary]')?.getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByText('Say what the drill rehearses, then plan it.')).toBeTruthy();
    await fireEvent.input(screen.getByLabelText('What is rehearsed'), { target: { value: ' quarterly, with li ' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Plan the drill' }));
    await settle();
    const request = { plan: { place, target: candidate, runbook: null, inputs: {} }, why: 'quarterly, with li', on_production: false };
    expect(asked(engine, 'plan_exercise')).toEqual([request]);
    expect(asked(engine, 'plan'), 'never as an incident').toEqual([]);
    expect(screen.getByText(/what it does there is real/)).toBeTruthy();
    const primary = document.querySelector('[data-primary]')!;
    expect(primary.textContent).toContain('Drill: roll back to');
    expect(primary.textContent, 'nothing about it is simulated').not.toContain('simulated');
    expect(document.querySelector('.frame.drill'), 'its frame is a drill’s').not.toBeNull();
  });

  it('can be chosen in the plan of an incident, and left again', async () => {
    const engine = await open(`#/plan/${place.service}/${place.environment}/r-1/${candidate}`, [at('staging')]);
    expect(asked(engine, 'plan').length).toBe(1);
    await fireEvent.click(screen.getByLabelText('a drill'));
    await settle();
    expect(location.hash).toContain('#/plan-drill/');
    await fireEvent.click(screen.getByLabelText('an incident'));
    await settle();
    expect(location.hash).toContain('#/plan/');
    expect(asked(engine, 'plan_exercise')).toEqual([]);
  });

  it('is not spoken of where users are', async () => {
    await open(`#/plan/${place.service}/${place.environment}/r-1/${candidate}`, [at('production')]);
    expect(screen.queryByText('Incident or drill')).toBeNull();
  });
});

describe('how loudly an environment announces itself', () => {
  it('is what the catalog says, and its name where that says nothing', () => {
    expect(tierOf('staging', 'production')).toBe('production');
    expect(tierOf('blue', 'staging')).toBe('staging');
    expect(tierOf('blue', 'development')).toBe('other');
    expect(tierOf('blue', null)).toBe('production');
    expect(tierOf('staging', null)).toBe('staging');
  });
});
