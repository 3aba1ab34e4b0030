/**
 * Takes the pictures of README and guide from the practice world: `npm run pictures`. It is a
 * journey like the others, and runs only when it is told where to put them.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { answer, setUpDrill, startRollback } from './drill';
import { press, test } from './engine';

const FOLDER = process.env['LASTGOOD_PICTURES'];

for (const theme of ['dark', 'light'] as const) {
  test(`pictures, ${theme}`, async ({ page, engine }) => {
    test.skip(FOLDER === undefined, 'LASTGOOD_PICTURES names no folder');
    const folder = FOLDER ?? '';
    await mkdir(folder, { recursive: true });
    const take = async (name: string): Promise<void> => {
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
    };
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.goto(engine.url);
    await setUpDrill(page);
    await press(page, '1');
    await expect(page.locator('[data-lane]').first()).toBeVisible();
    await take('board');
    await press(page, '6');
    await expect(page.locator('a[data-row]').first()).toBeVisible();
    await take('releases');
    await startRollback(page, take);
    await expect(page.locator('[aria-label="What you are asked"]')).toBeVisible({ timeout: 90_000 });
    await take('run');
    await answer(page);
    await press(page, '3');
    await expect(page.getByRole('heading', { level: 1, name: 'Timeline' })).toBeVisible();
    await take('timeline');
  });
}
