/** The small window of a run: what it offers, and what it leaves to the full one. */
import { expect, type Page } from '@playwright/test';
import { brokenRules, violations } from './axe';
import { setUpDrill, startRollback } from './drill';
import { press, test } from './engine';

/** Opens the small window from a run that waits at its first question. Slowly, so that a busy machine does not miss the canary. */
async function compact(page: Page): Promise<Page> {
  await setUpDrill(page, 10);
  await startRollback(page);
  await page.locator('[aria-label="What you are asked"]').waitFor({ timeout: 90_000 });
  const opened = page.waitForEvent('popup');
  await press(page, 'Control+Shift+M');
  const small = await opened;
  await small.setViewportSize({ width: 380, height: 220 });
  await expect(small.locator('[data-primary]')).toBeVisible();
  return small;
}

test('a run is answered and held from its small window', async ({ page, engine }) => {
  await page.goto(engine.url);
  const small = await compact(page);
  await expect(small.getByText('SIMULATION')).toBeVisible();
  await expect(small).toHaveTitle(/^DRILL/);
  await expect(small.locator('[data-primary]')).toContainText('(simulated)');
  expect([...(await brokenRules(small)), ...(await violations(small))]).toEqual([]);

  const over = await small.locator('main').evaluate((main) => [main.scrollHeight - main.clientHeight, main.scrollWidth - main.clientWidth]);
  expect(over, 'all of it is seen without scrolling').toEqual([0, 0]);

  const asked = await small.getByRole('heading', { level: 1 }).textContent();
  for (let time = 0; time < 20; time += 1) await press(small, 'Enter');
  await expect(small.getByRole('heading', { level: 1 }), 'Enter alone confirms nothing').toHaveText(asked ?? '');
  await press(small, 'Control+Enter');
  await expect(small.getByRole('heading', { level: 1 })).not.toHaveText(asked ?? '');
  await press(small, 'h');
  await expect(page.getByLabel('The run is held'), 'the full window shows the same run').toBeVisible();
  await expect(small.getByText('Held')).toBeVisible();
});

test('what needs more than a press is answered in the full window', async ({ page, engine }) => {
  await page.goto(engine.url);
  const small = await compact(page);
  await press(page, '1');
  await expect(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible();
  await press(small, 'h');
  const closed = small.waitForEvent('close');
  await small.getByRole('button', { name: /^Release in the full window/ }).click();
  await closed;
  await expect(page.getByLabel('The run is held'), 'it leads to the run').toBeVisible();
});

test('a small window opened by its address alone becomes the full one', async ({ page, engine }) => {
  await page.goto(engine.url);
  await setUpDrill(page, 10);
  await startRollback(page);
  const run = /run\/([^/]+)/.exec(page.url())?.[1] ?? '';
  await page.goto(`${new URL(page.url()).origin}/#/compact/${run}`);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Full window' })).toBeVisible();
  await page.getByRole('button', { name: 'Full window' }).click();
  await expect(page.getByRole('navigation', { name: 'Steps of the run' })).toBeVisible();
});
