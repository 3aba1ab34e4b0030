/** A run that somebody else drives: looked at, taken over with a word, and seen to be gone where it was. */
import { expect } from '@playwright/test';
import { press, start, test } from './engine';
import { sound } from './sound';
import { startRun } from './tour';
import { ask, enterDrill, open } from './world';

test('a run that somebody else drives can be read, and taken over with a word', async ({ page, engine, browser }) => {
  await enterDrill(page, engine.url, 10);
  const { run, address } = await startRun(page);
  await expect(page.locator('[aria-label="What you are asked"]')).toBeVisible({ timeout: 60_000 });

  const other = await start(engine, 'li');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const hers = await context.newPage();
  await hers.goto(other.engine.url);
  await expect(hers.getByRole('heading', { level: 1 })).toBeVisible();
  await open(hers, address);
  const held = hers.getByRole('region', { name: 'Somebody else drives this run' });
  await expect(held).toContainText('ana drives this run');
  await expect(hers.locator('[data-primary]'), 'there is nothing to confirm').toHaveCount(0);
  await expect(hers.locator('main'), 'nothing waits for her').not.toContainText(/waiting for you/i);
  await expect(hers.getByRole('article')).toContainText('Waiting for ana');
  await expect(hers.getByRole('button', { name: 'Abort the run' })).toHaveAttribute('aria-disabled', 'true');
  await sound(hers, 'run-held-elsewhere');
  await press(hers, '5');
  await expect(hers.locator(`li:has([data-run="${run}"])`)).toContainText('Waiting for ana');
  await sound(hers, 'runs-held-elsewhere');
  await open(hers, address);
  await press(hers, 'h');
  expect((await ask<{ status: string }>(hers, 'run', { run })).status, 'a key of hers does nothing to it').not.toBe('held');

  await held.getByRole('button', { name: 'Take over' }).press('Enter');
  await hers.keyboard.type('ana is on the phone');
  await sound(hers, 'run-take-over');
  await press(hers, 'Control+Enter');
  await expect(hers.locator('[aria-label="What you are asked"]')).toBeVisible({ timeout: 60_000 });
  await expect(held).toHaveCount(0);

  const gone = page.getByRole('region', { name: 'Somebody else drives this run' });
  await expect(gone, 'whoever had it learns at once who has it').toContainText('li drives this run');
  const told = await ask<{ lines: { text: string }[] }>(hers, 'timeline', { run });
  expect(told.lines.map((line) => line.text).join('\n')).toContain('takes the run over from ana: ana is on the phone');
  await context.close();
  await other.stop();
});
