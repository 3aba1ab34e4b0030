/** The same drill as the journeys', with nothing but a mouse; where words are asked for, they are typed. */
import { expect } from '@playwright/test';
import { test } from './engine';

const ASKED = '[aria-label="What you are asked"]';
const OVER = '[aria-label="How the run ended"]';

test('a drill goes from its start to the export by mouse alone', async ({ page, engine }) => {
  const pressed: string[] = [];
  await page.goto(engine.url);
  await page.evaluate(() => {
    window.addEventListener('keydown', (event) => {
      if (!(event.target instanceof HTMLInputElement) && !(event.target instanceof HTMLTextAreaElement)) throw new Error(event.key);
    });
  });
  page.on('pageerror', (error) => pressed.push(error.message));
  const views = page.getByRole('navigation', { name: 'Views' });
  const paper = page.locator('[data-primary]');
  const confirm = async (): Promise<void> => {
    // A gate ignores everybody for its first 400 ms.
    await page.waitForTimeout(450);
    await paper.last().click();
  };

  await views.getByRole('button', { name: /Drills/ }).click();
  await page.locator('input[value="bad-canary"]').click();
  await page.getByText('60×').click();
  await confirm();
  await expect(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible();

  await page.locator('[data-lane] .suspected').first().click();
  await expect(paper).toContainText('Plan a rollback');
  await confirm();
  await page.locator('input[type="radio"]:not(:disabled)').first().click();
  await expect(page.getByRole('heading', { name: 'Before the first change' })).toBeVisible();
  for (const field of await page.getByLabel(/^Reason to override/).all()) await field.fill('rehearsing the override');
  await confirm();
  const typed = page.locator('dialog input');
  if (await typed.isVisible().catch(() => false)) {
    await typed.fill('checkout');
    await confirm();
  }
  await expect(page.getByRole('navigation', { name: 'Steps of the run' })).toBeVisible();

  for (let asked = 0; asked < 60; asked += 1) {
    await page.locator(`${OVER}, ${ASKED}`).first().waitFor({ timeout: 90_000 });
    if ((await page.locator(OVER).count()) > 0) break;
    const saw = page.locator(`${ASKED} input[type="text"]`);
    if ((await saw.count()) > 0) await saw.first().fill('errors from 18:32 until 18:47, told support');
    await confirm().catch(() => undefined);
    await page.waitForTimeout(200);
  }
  await expect(page.locator(OVER)).toContainText('Recovered');
  await page.getByRole('button', { name: /Timeline and export/ }).click();
  await page.getByRole('button', { name: /^Export/ }).click();
  await page.locator('[data-save] button').click();
  await expect(page.getByText(/^Saved as /)).toBeVisible();
  expect(pressed, 'no key was pressed outside a text').toEqual([]);
});
