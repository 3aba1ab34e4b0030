/** How each state of each view is reached. */
import { expect, type Page } from '@playwright/test';
import { press } from './engine';
import { ask, enterDrill, fault, mend, suspect, type Fault } from './world';

export interface Stage {
  page: Page;
  url: string;
  /** Looks at the state on screen. */
  look: (state: string) => Promise<void>;
}

const REFUSED: Fault = {
  code: 'access-denied',
  chain: ['the engine may not look at this', 'checkout in production: list rollouts: forbidden'],
  hint: 'Give the service account `list` and `get` on rollouts, then ask again.',
};

/** An address of the window, opened as if for the first time. */
async function at({ page, url }: Stage, address: string): Promise<void> {
  const origin = new URL(url).origin;
  if (page.url().startsWith(origin)) {
    await page.goto(`${origin}/#/none`);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, address);
    await page.reload();
  } else {
    await page.goto(url);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, address);
  }
  await expect(page.locator('main')).toBeVisible();
}

/** The states that every view has which asks the engine for one thing. */
async function ordinary(stage: Stage, address: string, commands: string[], ready: string, again = 'u'): Promise<void> {
  const { page, look } = stage;
  for (const command of commands) await fault(page, command, 'never');
  await at(stage, address);
  await look('loading');
  await mend(page);
  for (const command of commands) await fault(page, command, 'silent');
  await at(stage, address);
  await look('offline');
  await mend(page);
  for (const command of commands) await fault(page, command, REFUSED);
  await at(stage, address);
  await look('no rights');
  await mend(page);
  await at(stage, address);
  await expect(page.locator(ready).first()).toBeVisible();
  await look('ready');
  if (again === '') return;
  for (const command of commands) await fault(page, command, 'silent');
  await press(page, again);
  await look('stale');
  await mend(page);
}

async function drilled(stage: Stage, speed?: number): Promise<void> {
  await enterDrill(stage.page, stage.url, speed);
}

const path = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;

/** Starts a rollback by the engine's own commands, and answers nothing. */
export async function startRun(page: Page): Promise<{ run: string; address: string }> {
  const row = await suspect(page);
  const detail = await ask<{ proposal: { target: { id: string } | null } | null }>(page, 'release', {
    place: row.place,
    release: row.release.id,
  });
  void detail;
  const origin = new URL(page.url()).origin;
  await page.goto(`${origin}/${path('plan', row.place.service, row.place.environment, row.release.id)}`);
  await page.reload();
  await page.locator('input[type="radio"]:not(:disabled)').first().check();
  await expect(page.getByRole('heading', { name: 'Before the first change' })).toBeVisible();
  for (const field of await page.getByLabel(/^Reason to override/).all()) await field.fill('rehearsing the override');
  await press(page, 'Control+Enter');
  await expect(page.getByRole('navigation', { name: 'Steps of the run' })).toBeVisible();
  const run = /#\/run\/([^/]+)/.exec(page.url())?.[1] ?? '';
  return { run, address: path('run', run) };
}

const ASKED = '[aria-label="What you are asked"]';
const OVER = '[aria-label="How the run ended"]';

/** Answers everything with the ordinary answer until the run is over. */
async function toTheEnd(page: Page): Promise<void> {
  for (let times = 0; times < 60; times += 1) {
    await page.locator(`${OVER}, ${ASKED}`).first().waitFor({ timeout: 90_000 });
    if ((await page.locator(OVER).count()) > 0) return;
    const said = page.locator(`${ASKED} input[type="text"]`);
    if ((await said.count()) > 0) await said.first().fill('errors from 18:32 until 18:47, told support');
    await press(page, 'Control+Enter');
    await page.waitForTimeout(250);
  }
  throw new Error('the run asked sixty times and did not end');
}

export const TOUR: Record<string, (stage: Stage) => Promise<void>> = {
  board: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/board');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await look('before a drill');
    await drilled(stage);
    await suspect(page);
    await ordinary(stage, '#/board', ['health', 'releases'], '[data-lane]');
    await fault(page, 'releases', (answer: { doubts: string[] }) => ({
      ...answer,
      doubts: ['what runs in checkout, production: the cluster has not answered since 18:40:12'],
    }));
    await fault(page, 'health', (answer: { places: { state: string; objectives: unknown[] }[] }) => ({
      ...answer,
      places: answer.places.map((each, index) => (index === 0 ? { ...each, state: 'unknown', objectives: [] } : each)),
    }));
    await at(stage, '#/board');
    await expect(page.locator('[data-lane]').first()).toBeVisible();
    await look('partial');
    await mend(page);
    await fault(page, 'releases', (answer: object) => ({ ...answer, deploys: [] }));
    await at(stage, '#/board');
    await expect(page.locator('[data-lane]').first()).toBeVisible();
    await look('no deploys');
    await mend(page);
    await fault(page, 'releases', (answer: object) => ({ ...answer, deploys: [] }));
    await fault(page, 'health', (answer: object) => ({ ...answer, places: [] }));
    await at(stage, '#/board');
    await look('empty');
    await mend(page);
    await at(stage, '#/board');
    await page.locator('[data-lane]').first().waitFor();
    await press(page, 'j', 'ArrowRight', 'Enter');
    await look('with a release');
    await press(page, 'Escape', '-', '-');
    await look('a day');
  },

  releases: async (stage) => {
    const { page, look } = stage;
    await drilled(stage);
    const row = await suspect(page);
    await ordinary(stage, '#/releases', ['releases'], 'a[data-row]');
    await fault(page, 'releases', (answer: object) => ({ ...answer, deploys: [] }));
    await at(stage, '#/releases');
    await look('empty');
    await mend(page);
    const sheet = path('releases', row.place.service, row.place.environment, row.release.id);
    await at(stage, sheet);
    await page.locator('[data-primary]').waitFor();
    await look('a release');
    await fault(page, 'release', 'never');
    await at(stage, sheet);
    await look('a release, loading');
    await mend(page);
    await fault(page, 'release', REFUSED);
    await at(stage, sheet);
    await look('a release, no rights');
    await mend(page);
    await at(stage, sheet);
    await page.locator('[data-primary]').waitFor();
    await press(page, 'm');
    await look('a mark');
    await press(page, 'Escape', 'o');
    await look('a lock');
  },

  plan: async (stage) => {
    const { page, look } = stage;
    await drilled(stage);
    const row = await suspect(page);
    const address = path('plan', row.place.service, row.place.environment, row.release.id);
    await ordinary(stage, address, ['release'], 'input[type="radio"]', '');
    await page.locator('input[type="radio"]:not(:disabled)').first().check();
    await expect(page.getByRole('heading', { name: 'Before the first change' })).toBeVisible();
    await look('chosen');
    await page.getByRole('heading', { name: /steps?, \d+ need/ }).scrollIntoViewIfNeeded();
    await look('steps');
    await fault(page, 'plan', 'never');
    await at(stage, address);
    await page.locator('input[type="radio"]:not(:disabled)').first().check();
    await look('planning');
    await mend(page);
    await fault(page, 'plan', { code: 'drifted', chain: ['the plan could not be made', 'what runs changed while it was read'], hint: 'Plan again.' });
    await at(stage, address);
    await page.locator('input[type="radio"]:not(:disabled)').first().check();
    await look('refused');
    await mend(page);
    await fault(page, 'plan', (answer: { findings: object[] }) => ({
      ...answer,
      findings: [
        { subject: 'image of the target', grade: 'block', sentence: 'registry.acme.dev no longer has sha256:9f2c1d4e', mend: 'Build it again from its commit.', overridable: true },
        { subject: 'schema', grade: 'unknown', sentence: 'the database did not answer within 5 s', mend: null },
        ...answer.findings,
      ],
    }));
    await at(stage, address);
    await page.locator('input[type="radio"]:not(:disabled)').first().check();
    await page.getByRole('heading', { name: 'Before the first change' }).scrollIntoViewIfNeeded();
    await look('blocked');
  },

  run: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/run/r-unknown');
    await page.getByText('There is no run “r-unknown” here.').waitFor();
    await expect(page.locator('header.strip'), 'the engine has answered').not.toContainText('engine silent');
    await look('not found');
    await drilled(stage);
    const { address } = await startRun(page);
    await page.locator(ASKED).waitFor();
    await look('asked');
    await press(page, 'j', 'j');
    await look('another step');
    await press(page, '.', 'l');
    await look('log');
    await press(page, 'l', 'Shift+H');
    await look('abort gate');
    await press(page, 'Escape', 'n');
    await look('note');
    await press(page, 'Escape', 'h');
    await page.getByLabel('The run is held').waitFor();
    await look('held');
    await page.getByRole('button', { name: /^Release|^Go on|^Let/ }).first().click();
    await fault(page, 'watch/run**', 'silent');
    await page.reload();
    await look('offline');
    await mend(page);
    await fault(page, 'watch/run**', 'never');
    await page.reload();
    await look('loading');
    await mend(page);
    await at(stage, address);
    await page.locator(ASKED).waitFor();
    for (const moment of ['first change', 'second question', 'third question', 'fourth question', 'fifth question']) {
      await press(page, 'Control+Enter');
      await page.waitForTimeout(900);
      await look(`after ${moment}`);
      await page.locator(`${OVER}, ${ASKED}`).first().waitFor({ timeout: 90_000 });
      if ((await page.locator(OVER).count()) > 0) break;
    }
    await toTheEnd(page);
    await look('ended');
    await press(page, 'k', 'k');
    await look('ended, a step');
  },

  runs: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/runs');
    await look('empty');
    await drilled(stage);
    await startRun(page);
    await ordinary(stage, '#/runs', ['runs'], 'table, li', '');
  },

  timeline: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/timeline');
    await look('no run');
    await drilled(stage);
    const { run } = await startRun(page);
    await page.locator(ASKED).waitFor();
    await toTheEnd(page);
    await ordinary(stage, path('timeline', run), ['timeline'], '[data-entry]', '');
    await page.getByLabel('Find in the timeline').fill('nothing is called this');
    await page.getByText('No entry fits this filter.').waitFor();
    await look('filtered to nothing');
    await page.getByLabel('Find in the timeline').fill('');
    await fault(page, 'timeline', (answer: object) => ({ ...answer, lines: [], moments: [], lines_in_all: 0, lines_wanted: 0 }));
    await at(stage, path('timeline', run));
    await look('empty');
    await mend(page);
    await at(stage, path('timeline', run));
    await page.locator('[data-entry]').first().waitFor();
    await press(page, 'j', 's');
    await page.locator('[data-entry] .star').waitFor();
    await look('an entry with a star');
    await press(page, 'e');
    await page.getByRole('dialog').waitFor();
    await look('amend an entry');
    await press(page, 'Escape', 'o');
    await page.getByRole('dialog').waitFor();
    await look('leave an entry out');
    await press(page, 'Escape', 'm');
    await page.getByRole('dialog').waitFor();
    await look('mark a point');
    await press(page, 'Escape', 'x');
    await page.locator('[data-export]').waitFor();
    await look('export');
    await press(page, 'Escape');
    await fault(page, 'export', REFUSED);
    await press(page, 'x');
    await look('export, refused');
  },

  debrief: async (stage) => {
    const { page, look } = stage;
    await drilled(stage);
    const { run } = await startRun(page);
    await page.locator(ASKED).waitFor();
    await at(stage, path('debrief', run));
    await page.getByRole('heading', { name: 'What was decided' }).waitFor();
    await look('while the run goes on');
    await at(stage, path('run', run));
    await toTheEnd(page);
    await ordinary(stage, path('debrief', run), ['debrief'], 'h2', 'u');
    await fault(page, 'debrief', (answer: object) => ({ ...answer, decisions: [], unmet: [], lengths: [], phases: [], comparison: [], rehearsed: null }));
    await at(stage, path('debrief', run));
    await look('empty');
  },

  drills: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/drills');
    await page.locator('input[name="scenario"]').first().waitFor();
    await look('library');
    await page.locator('input[name="scenario"]').first().check();
    await look('chosen');
    await drilled(stage);
    await at(stage, '#/drills');
    await page.locator('input[name="scenario"]').first().waitFor();
    await look('set up');
    await fault(page, 'drill', { code: 'scenario-invalid', chain: ['the practice world did not start', 'seed 7: no release fits'], hint: 'Take another seed.' });
    await page.locator('input[name="scenario"]').first().check();
    await press(page, 'Control+Enter');
    await look('refused');
    await mend(page);
    await fault(page, 'workspace', 'silent');
    await at(stage, '#/drills');
    await look('offline');
    await mend(page);
    await fault(page, 'workspace', (answer: object) => ({ ...answer, scenarios: [] }));
    await at(stage, '#/drills');
    await look('empty');
  },

  blame: async (stage) => {
    const { page, look } = stage;
    await drilled(stage);
    const row = await suspect(page);
    await at(stage, '#/blame');
    await look('no service');
    await ordinary(stage, path('blame', row.place.service, row.place.environment), ['blame'], 'h1', '');
  },

  marks: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/marks');
    await look('empty');
    await drilled(stage);
    const row = await suspect(page);
    const which = { release: row.release.id, ...row.place };
    await ask(page, 'lock', { which, reason: 'the payment timeout is too low' });
    await ask(page, 'mark', { which, mark: 'faulty', reason: 'fails payments' });
    await ordinary(stage, '#/marks', ['marks'], 'a[data-release]', 'u');
  },

  judge: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/judge');
    await look('empty');
    const counts = ['tick,arm,total,bad', ...Array.from({ length: 12 }, (_, tick) => `${tick + 1},canary,10,1\n${tick + 1},baseline,90,0`)].join('\n');
    await page.locator('textarea').first().fill(counts);
    await look('filled');
    await press(page, 'Control+Enter');
    await page.waitForTimeout(600);
    await look('judged');
    await page.locator('textarea').first().fill('tick,arm\n1,canary');
    await press(page, 'Control+Enter');
    await page.waitForTimeout(400);
    await look('refused');
  },

  schema: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/schema');
    await look('empty');
    await page.locator('textarea').first().fill('ALTER TABLE payments DROP COLUMN payer_ref;');
    await look('filled');
    await press(page, 'Control+Enter');
    await page.waitForTimeout(600);
    await look('told');
  },

  checklists: async (stage) => {
    const { page, look } = stage;
    await drilled(stage);
    await ordinary(stage, '#/checklists', ['checklist'], '[data-item]');
    await press(page, 'j', 'a');
    await look('answering');
    await press(page, 'Escape');
    await page.getByText('To look at').click();
    await look('to look at');
    await fault(page, 'checklist', (answer: object) => ({ ...answer, lists: [], doubts: ['the cluster has not answered since 18:40:12'] }));
    await at(stage, '#/checklists');
    await look('nothing, and a doubt');
  },

  replay: async (stage) => {
    const { page, look } = stage;
    await drilled(stage, 60);
    const { run } = await startRun(page);
    await ordinary(stage, path('replay', run), ['replay'], '[data-replayed]', '');
    await press(page, 'End');
    await look('at its end');
  },

  settings: async (stage) => {
    const { page, look } = stage;
    await at(stage, '#/settings');
    await page.getByRole('heading', { name: 'Appearance' }).waitFor();
    await look('ready');
    await page.getByText('regular', { exact: true }).click();
    await page.getByLabel('Shown beside UTC').selectOption('Asia/Tokyo');
    await page.getByText('12 h', { exact: true }).click();
    await page.getByRole('group', { name: 'Which time is read first' }).getByText('UTC', { exact: true }).click();
    await look('changed');
    await page.getByRole('button', { name: 'Move or turn off single keys' }).click();
    const row = page.locator('[data-command="hold"]');
    await row.getByRole('button', { name: /^Change the key/ }).click();
    await row.getByRole('textbox').fill('g');
    await expect(row.getByText(/Go to what waits for you/)).toBeVisible();
    await look('keys of one’s own');
    await press(page, 'Escape');
    await fault(page, 'workspace', 'silent');
    await at(stage, '#/settings');
    await look('offline');
  },

  connections: async (stage) => {
    const { page, look } = stage;
    await drilled(stage);
    await ordinary(stage, '#/connections', ['doctor'], '[data-finding]');
    await page.getByText('Not passed').click();
    await look('not passed');
    await fault(page, 'doctor', (answer: { findings: object[] }) => ({
      ...answer,
      findings: [
        { subject: 'checkout in production: platform', grade: 'block', sentence: 'the API server answered 401: the token has expired', mend: 'Sign in again with `kubectl oidc-login`.' },
        { subject: 'checkout in production: objective availability', grade: 'unknown', sentence: 'no answer from prometheus-eu within 12 s', mend: null },
        ...answer.findings,
      ],
    }));
    await at(stage, '#/connections');
    await page.locator('[data-finding]').first().waitFor();
    await look('a token that expired');
    await mend(page);
    await fault(page, 'doctor', (answer: object) => ({ ...answer, findings: [] }));
    await at(stage, '#/connections');
    await look('empty');
  },

  runbooks: async (stage) => {
    const { page, look } = stage;
    await ordinary(stage, '#/runbooks', ['texts'], 'nav[aria-label="Files"] button');
    await page.getByRole('button', { name: 'rollback-canary.yaml' }).click();
    await page.getByText('nothing to be said').first().waitFor();
    await look('a file');
    const field = page.getByLabel('Text of rollback-canary.yaml');
    await field.fill((await field.inputValue()).replace('phase: verify', 'phase: verfy'));
    await page.getByText(/refused: \d mistake/).waitFor();
    await press(page, 'F8');
    await look('a mistake');
    await fault(page, 'lint', 'silent');
    await field.press('End');
    await page.keyboard.type(' ');
    await look('a mistake, offline');
    await mend(page);
    await fault(page, 'texts', (answer: object) => ({ ...answer, files: [] }));
    await at(stage, '#/runbooks');
    await look('empty');
  },

  frame: async (stage) => {
    const { page, look } = stage;
    await drilled(stage);
    await at(stage, '#/board');
    await page.locator('[data-lane]').first().waitFor();
    await press(page, 'Control+k');
    await look('palette');
    await page.keyboard.type('zzz');
    await look('palette, nothing found');
    await press(page, 'Escape', '?');
    await look('keys');
    await press(page, 'Escape');
    await fault(page, '*', 'silent');
    await page.reload();
    await look('engine away');
  },
};
