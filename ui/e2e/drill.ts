/** The way through a drill by keyboard, in pieces that several journeys use. */
import { expect, type Page } from '@playwright/test';
import { press, tabTo } from './engine';

/**
 * Sets the drill of a bad canary up, and ends on its releases. At sixty times the speed its canary is
 * everywhere within minutes; who looks around before acting takes ten times.
 */
export async function setUpDrill(page: Page, times: 10 | 60 = 60): Promise<void> {
  await press(page, '4');
  await expect(page.getByRole('heading', { level: 1, name: 'Drills' })).toBeVisible();
  await expect(page.locator('input[name="scenario"]').first()).toBeVisible();
  await press(page, 'j');
  const chosen = page.locator('input[name="scenario"]:checked');
  for (let row = 0; row < 20 && (await chosen.inputValue()) !== 'bad-canary'; row += 1) await press(page, 'ArrowDown');
  await expect(chosen, 'the drill of the journeys is shipped').toHaveValue('bad-canary');
  await tabTo(page, 'input[value="1"][type="radio"]');
  await press(page, 'ArrowRight', ...(times === 60 ? ['ArrowRight'] : []), 'Control+Enter');
  await expect(page.getByText('SIMULATION')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible();
  await press(page, '6');
  await expect(page.getByRole('heading', { level: 1, name: 'Releases' })).toBeVisible();
}

/** Finds the suspect, plans the way back to what is proposed, and starts the run. */
export async function startRollback(page: Page, look: (name: string) => Promise<void> = () => Promise.resolve()): Promise<void> {
  await expect(page.locator('a[data-row]').first()).toBeVisible();
  const rows = Number(await page.locator('table[aria-rowcount]').getAttribute('aria-rowcount'));
  const onSuspect = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement?.closest('tr')?.textContent.includes('suspect') ?? false);
  for (const way of ['j', 'k']) {
    for (let row = 0; row < rows && !(await onSuspect()); row += 1) await press(page, way);
  }
  expect(await onSuspect(), 'a drill has a suspect').toBe(true);
  await press(page, 'Enter');
  await expect(page.locator('[data-primary]')).toContainText('Plan a rollback');
  await look('release');
  await press(page, 'Control+Enter');
  await expect(page.getByText('nothing has happened yet')).toBeVisible();
  await expect(page.locator('input[type="radio"]:checked')).toHaveCount(0);
  await expect(page.locator('input[type="radio"]:not(:disabled)').first()).toBeVisible();
  await tabTo(page, 'input[type="radio"]:not(:disabled)');
  await press(page, 'Space');
  await expect(page.getByRole('heading', { name: 'Before the first change' })).toBeVisible();
  await look('plan');
  for (const field of await page.getByLabel(/^Reason to override/).all()) {
    await tabTo(page, `#${await field.getAttribute('id')}`);
    await page.keyboard.type('rehearsing the override');
  }
  await press(page, 'Control+Enter');
  await typeTheName(page);
  await expect(page.getByRole('navigation', { name: 'Steps of the run' })).toBeVisible();
}

/** Passes a typed gate, where one has opened. */
async function typeTheName(page: Page): Promise<void> {
  const label = page.getByText(/^Type \S+ to go on$/);
  if (!(await label.isVisible().catch(() => false))) return;
  const word = /^Type (\S+) to go on$/.exec((await label.textContent({ timeout: 5_000 }).catch(() => null)) ?? '')?.[1] ?? '';
  await tabTo(page, 'dialog input');
  await page.keyboard.type(word);
  await press(page, 'Control+Enter');
}

const OVER = '[aria-label="How the run ended"]';

/** Answers whatever the run asks, with its ordinary answer, until the run is over or `until` says so. */
export async function answer(page: Page, until: () => Promise<boolean> = () => Promise.resolve(false)): Promise<void> {
  for (let asked = 0; asked < 80; asked += 1) {
    const ask = page.locator('[aria-label="What you are asked"]');
    await page.locator(`${OVER}, [aria-label="What you are asked"]`).first().waitFor({ timeout: 90_000 });
    if ((await page.locator(OVER).count()) > 0 || (await until())) return;
    // What was just answered can still stand there when the wait above looks, and be gone here.
    const question = await ask.textContent({ timeout: 5_000 }).catch(() => null);
    if (question === null) continue;
    if ((await ask.locator('input[type="text"]').count()) > 0) {
      await tabTo(page, '[aria-label="What you are asked"] input[type="text"]');
      await page.keyboard.type('errors from 18:32 until 18:47, told support');
    }
    await press(page, 'Control+Enter');
    await typeTheName(page);
    await expect
      .poll(async () => (await page.locator(OVER).count()) > 0 || (await ask.textContent({ timeout: 1_000 }).catch(() => null)) !== question, {
        timeout: 60_000,
      })
      .toBe(true)
      .catch(() => undefined);
  }
  throw new Error('the run asked eighty times and did not end');
}
