/** The window on fixtures: `gallery.html?scene=doubtful#/run/r-7f3c`. Never part of the app. */
import { mount } from 'svelte';
import App from './App.svelte';
import { FakeEngine, refuse, SILENT, type Answers } from './lib/api/fake';
import { blockedPlan, plan } from './lib/api/fixtures/plan';
import { crowded, longRecord } from './lib/api/fixtures/large';
import { deploys, detail, NOW, noTarget, releases } from './lib/api/fixtures/releases';
import { drillRun, RUNS, run, runRows, timeline, workspace } from './lib/api/fixtures/run';
import type { RunView } from './lib/api/bindings';
import './lib/design/base.css';

const LONG =
  'an-extraordinarily-long-service-name-that-nobody-would-choose-but-somebody-did-anyway-in-2019 with words after it';

interface Scene {
  run?: RunView;
  answers?: Partial<Answers>;
  /** The engine falls silent after the first view. */
  silent?: boolean;
}

const SCENES: Record<string, Scene> = {
  ...Object.fromEntries(Object.entries(RUNS).map(([name, view]) => [name, { run: view }])),
  drill: {
    run: drillRun,
    answers: {
      workspace: () => ({
        ...workspace,
        practice: true,
        drill: { scenario: 'bad-deploy', title: 'Bad deploy, clean rollback', seed: 7, speed: 1, paused: false, place: run.place, runbook: 'rollback' },
      }),
    },
  },
  empty: {
    answers: {
      releases: () => ({ ...releases, deploys: [] }),
      runs: () => [],
      timeline: () => ({ ...timeline, lines: [], moments: [], lines_in_all: 0, lines_wanted: 0 }),
      workspace: () => ({ ...workspace, scenarios: [] }),
    },
  },
  error: {
    answers: {
      releases: refuse(SILENT),
      release: refuse(SILENT),
      runs: refuse(SILENT),
      timeline: refuse(SILENT),
      run: refuse(SILENT),
      plan: refuse({ code: 'drifted', chain: ['the plan could not be made', 'what runs changed while it was read'], hint: 'Plan again.' }),
    },
  },
  loading: { answers: { releases: never, runs: () => [], timeline: never, run: never, release: never } },
  stale: { silent: true, answers: { releases: staleAfterFirst() } },
  doubts: {
    answers: { releases: () => ({ ...releases, doubts: ['what runs in checkout, production: the cluster did not answer since 18:40:12'] }) },
  },
  blocked: { answers: { plan: () => blockedPlan } },
  'no-target': { answers: { release: () => noTarget } },
  none: { answers: { runs: () => [] } },
  large: { answers: { ...crowded(50, 5000), timeline: longRecord(50_000) } },
  long: {
    run: {
      ...run,
      title: LONG,
      sentence: `Step 3 of 7 is waiting for you: ${LONG}`,
      place: { service: LONG.replaceAll(' ', '-'), environment: 'production-eu-west-1-and-some-more' },
      steps: run.steps.map((step) => ({ ...step, title: `${step.title} ${LONG}` })),
    },
    answers: {
      releases: () => ({
        ...releases,
        deploys: deploys.map((row) => ({
          ...row,
          place: { service: LONG.replaceAll(' ', '-'), environment: 'production-eu-west-1-and-some-more' },
          release: { ...row.release, version: `2026.11.4+build.${'0123456789'.repeat(4)}`, changelog: LONG.repeat(4) },
        })),
      }),
      release: () => ({ ...detail, running: LONG.repeat(3) }),
      plan: () => ({ ...plan, not_restored: [LONG, LONG.replaceAll(' ', '_')] }),
      runs: () => runRows.map((row) => ({ ...row, title: LONG, sentence: LONG })),
    },
  },
};

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function staleAfterFirst(): () => typeof releases {
  let asked = 0;
  return () => {
    asked += 1;
    return asked === 1 ? releases : refuse(SILENT)();
  };
}

const query = new URLSearchParams(location.search);
const scene = SCENES[query.get('scene') ?? 'run'] ?? {};
const theme = query.get('theme');
if (theme !== null) localStorage.setItem('lastgood.theme', theme);

const engine = new FakeEngine(scene.run, scene.answers);
const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the window');
mount(App, { target, props: { client: engine, startedAt: NOW } });
if (scene.silent) setTimeout(() => engine.fallSilent(), 300);
