/** A plan that is read while the world goes on, and one that is rehearsed elsewhere. By keyboard. */
import { expect, type Page } from '@playwright/test';
import { press, tabTo, test } from './engine';
import { sound } from './sound';
import { ask, enterDrill, fault, mend, open, suspect } from './world';

/** Opens the plan of the drill with its proposed target. */
async function openPlan(page: Page): Promise<{ hash: string; to: string }> {
  const row = await suspect(page);
  const detail = await ask<{ target: string }>(page, 'release', { place: row.place, release: row.release.id });
  const request = { place: row.place, target: detail.target, runbook: null, inputs: {} };
  const { hash } = await ask<{ hash: string }>(page, 'plan', request);
  const parts = ['plan', row.place.service, row.place.environment, row.release.id, detail.target];
  await open(page, `#/${parts.map(encodeURIComponent).join('/')}`);
  await expect(page.getByRole('heading', { name: 'Before the first change' })).toBeVisible();
  return { hash, to: detail.target };
}

test('a plan is outdated once another run has gone back, and is planned again by one key', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const { to } = await openPlan(page);
  await expect(page.locator('[data-fit]')).toHaveCount(0);
  await expect(page.locator('[data-primary]')).toHaveAttribute('aria-disabled', 'false');

  // Somebody else rolls back meanwhile, through the same engine.
  const row = await suspect(page);
  const mine = await ask<{ hash: string; findings: { subject: string; grade: string }[] }>(page, 'plan', { place: row.place, target: to, runbook: null, inputs: {} });
  const overrides = mine.findings.filter((each) => each.grade === 'block').map(({ subject }) => ({ subject, reason: 'li was faster' }));
  const { run } = await ask<{ run: string }>(page, 'start', { hash: mine.hash, overrides });
  const notice = page.locator('[data-fit="outdated"]');
  await expect
    .poll(
      async () => {
        interface Asked { kind: string; option: string | null; needs: { is: string } | string }
        const view = await ask<{ ask: { step: string | null; answers: Asked[] } | null }>(page, 'run', { run });
        const answer = view.ask?.answers[0];
        if (view.ask && answer) {
          const text = 'errors until 18:47';
          await ask(page, 'answer', { run, step: view.ask.step, kind: answer.kind, option: answer.option, text }).catch(() => undefined);
        }
        return notice.count();
      },
      { timeout: 120_000, intervals: [300] },
    )
    .toBe(1);
  await expect(notice).toContainText('and now it is');
  await expect(notice).toContainText('Nothing was changed by this plan.');
  await expect(page.locator('[data-primary]')).toHaveAttribute('aria-disabled', 'true');
  await sound(page, 'plan-outdated');
  await press(page, 'u');
  await expect(page.locator('[data-fit]')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: /^Plan: roll back/ })).toBeVisible();
});

test('while nobody can tell whether a plan fits, it says so and does not call it outdated', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  await fault(page, 'plan_fit', (answer: object) => ({ ...answer, fit: { is: 'unknown', why: 'the cluster gave no answer within 12 s' } }));
  await openPlan(page);
  await expect(page.locator('[data-fit="unknown"]')).toContainText('The cluster gave no answer within 12 s.');
  await sound(page, 'plan-fit-unknown');
  await mend(page);
});

test('a real plan is rehearsed in a drill of the practice world, which says what is other there', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  // The engine of this test has no real service: what it says of its own is put as if it were one.
  const real = (answer: object): object => ({ ...answer, practice: false, drill: null });
  await fault(page, 'workspace', real);
  await fault(page, 'plan', (answer: object) => ({ ...answer, drill: null }));
  const drills = {
    runbook: 'rollback-canary',
    drills: [
      {
        scenario: 'bad-canary',
        title: 'A bad canary',
        summary: 'A canary fails payments. Stop it, go back, and prove that it is over.',
        minutes: 8,
        place: row.place,
        differs: [
          `The releases of ${row.place.service} in ${row.place.environment} and what is wrong with them are made up; nothing real is looked at.`,
          '`rollback-canary` is not the same text there: the practice world has its own.',
          'Steps of this plan that its runbook has not: Suspend auto-sync of checkout in Argo CD.',
        ],
      },
      {
        scenario: 'low-traffic',
        title: 'Too few requests to tell',
        summary: 'At night a canary looks healthy because nobody asks it.',
        minutes: 10,
        place: { service: 'search', environment: 'production' },
        differs: ['It is about search in production, not checkout in production. A drill elsewhere does not count as a rehearsal here.'],
      },
    ],
    lacking: null,
  };
  await page.route('**/api/plan_drills', (route) => route.fulfill({ json: drills }));
  await openPlan(page);
  const address = page.url();
  await press(page, 'd');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('A bad canary')).toBeVisible();
  await expect(dialog.locator('input:checked')).toHaveCount(0);
  await sound(page, 'plan-rehearse');
  await tabTo(page, 'dialog input[type="radio"]');
  await press(page, 'Space');
  await mend(page);
  await press(page, 'Control+Enter');
  await expect(page.getByText('SIMULATION')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: /^Plan: roll back/ })).toBeVisible();
  await expect(page.locator('input[type="radio"]:checked'), 'no target is chosen there').toHaveCount(0);
  await fault(page, 'leave_drill', real);
  await press(page, '4');
  await page.getByRole('button', { name: 'Leave the drill' }).press('Enter');
  await expect.poll(() => page.url(), { message: 'whoever leaves the drill is at the real plan again' }).toBe(address);
});
