/** What every screen is held to, in both themes. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { brokenRules, violations } from './axe';

const FOLDER = process.env['LASTGOOD_STATES'];

/** Holds what is on screen against the rules of every screen in both themes, and keeps pictures where a folder is named. */
export async function sound(page: Page, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.waitForTimeout(450);
    expect.soft([...(await brokenRules(page)), ...(await violations(page))], `${name}, ${theme}`).toEqual([]);
    if (FOLDER !== undefined) {
      await mkdir(FOLDER, { recursive: true });
      await page.screenshot({ path: join(FOLDER, `${name}-${theme}.png`) });
    }
  }
}
