/**
 * Every view in every state it can be in, in both themes. Each state comes from the practice world
 * or from a fault on the wire; each is kept as a picture, held against the rules that are true of
 * every screen, and given to axe.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { brokenRules, violations } from './axe';
import { test } from './engine';
import { TOUR } from './tour';

/** Pictures for people to look at: both sizes, where a folder is named. */
const FOLDER = process.env['LASTGOOD_STATES'];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1000, height: 700 },
] as const;

for (const theme of ['dark', 'light'] as const) {
  for (const [view, tour] of Object.entries(TOUR)) {
    test(`${view}: no state breaks a rule in the ${theme} theme`, async ({ page, engine }, info) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const look = async (state: string): Promise<void> => {
        await test.step(state, async () => {
          await page.waitForTimeout(450);
          const found = [...(await brokenRules(page)), ...(await violations(page))];
          expect.soft(found, `${view}, ${state}`).toEqual([]);
          await picture(page, FOLDER ?? info.outputPath('.'), `${view}-${state}-${theme}`.replaceAll(/[ ,]+/g, '-'));
        });
      };
      await tour({ page, url: engine.url, look });
    });
  }
}

async function picture(page: Page, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const size of FOLDER === undefined ? SIZES.slice(0, 1) : SIZES) {
    await page.setViewportSize(size);
    if (size !== SIZES[0]) await page.waitForTimeout(150);
    await page.screenshot({ path: join(folder, `${name}-${size.width}.png`) });
  }
  await page.setViewportSize(SIZES[0]);
}
