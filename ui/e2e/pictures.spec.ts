/**
 * Takes the pictures of README and guide from the practice world: `npm run pictures`. It is a
 * journey like the others, and runs only when it is told where to put them.
 */
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { answer, setUpDrill, startRollback } from './drill';
import { press, test } from './engine';

const FOLDER = process.env['LASTGOOD_PICTURES'];

/** To a palette of 256 colours, which is all that the window has: a quarter of the size, and no difference to the eye. */
function shrink(path: string): void {
  const { error } = spawnSync('pngquant', ['--force', '--ext', '.png', '--speed', '1', '--strip', path]);
  if (error) console.log('the pictures stay large: pngquant is not installed');
}

for (const theme of ['dark', 'light'] as const) {
  test(`pictures, ${theme}`, async ({ page, engine }) => {
    test.skip(FOLDER === undefined, 'LASTGOOD_PICTURES names no folder');
    const folder = FOLDER ?? '';
    await mkdir(folder, { recursive: true });
    const take = async (name: string): Promise<void> => {
      await page.waitForTimeout(700);
      const path = join(folder, `${name}-${theme}.png`);
      await page.screenshot({ path });
      shrink(path);
    };
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.goto(engine.url);
    await setUpDrill(page);
    await press(page, '1');
    // The canary has begun to hurt: that is when somebody looks.
    await expect(page.locator('[data-lane]', { hasText: 'burning' })).toBeVisible({ timeout: 90_000 });
    await take('board');
    await press(page, '6');
    await expect(page.locator('a[data-row]').first()).toBeVisible();
    await take('releases');
    await startRollback(page, take);
    await expect(page.locator('[aria-label="What you are asked"]')).toBeVisible({ timeout: 90_000 });
    await take('run');
    await answer(page);
    await take('end');
    await press(page, '3');
    await expect(page.getByRole('heading', { level: 1, name: 'Timeline' })).toBeVisible();
    await take('timeline');
    await press(page, 'd');
    await expect(page.getByRole('heading', { name: 'What was decided' })).toBeVisible();
    await take('debrief');
  });
}
