import { expect } from '@playwright/test';
import { violations } from './axe';
import { answer, setUpDrill, startRollback } from './drill';
import { press, tabTo, test } from './engine';

/** A canary that fails one request of ten beside an old release that fails none. */
const COUNTS = ['tick,arm,total,bad', ...Array.from({ length: 12 }, (_, at) => `${at + 1},canary,10,1\n${at + 1},baseline,90,0`)].join('\n');

test('a drill goes from its start to the export by keyboard alone', async ({ page, engine }) => {
  await page.goto(engine.url);
  await expect(page, 'the token leaves the address at once').not.toHaveURL(/token=/);
  await setUpDrill(page);
  await startRollback(page);
  await press(page, 'n');
  await expect(page.getByRole('textbox', { name: 'Note' })).toBeFocused();
  await page.keyboard.type('The canary failed payments; its fix must come before it does.');
  await press(page, 'Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await answer(page);
  await expect(page.locator('[aria-label="How the run ended"]')).toContainText('Recovered');

  await press(page, '3');
  await expect(page.getByRole('heading', { level: 1, name: 'Timeline' })).toBeVisible();
  await expect(page.locator('[data-entry]', { hasText: 'The canary failed payments' })).toBeVisible();

  await press(page, 'x');
  await expect(page.locator('[data-export="markdown"]')).toContainText('The canary failed payments');
  await tabTo(page, 'dialog input[type="radio"]');
  await press(page, 'ArrowRight');
  const json = page.locator('[data-export="json"]');
  await expect(json).toContainText('The canary failed payments');
  const exported = JSON.parse((await json.textContent()) ?? '') as { drill?: unknown };
  expect(exported, 'the preview is the document itself').toBeTruthy();
  await tabTo(page, 'dialog [data-save] button');
  await press(page, 'Enter');
  await expect(page.getByText(/^Saved as /)).toBeVisible();
});

test('Enter pressed twenty times from the releases changes nothing', async ({ page, engine }) => {
  const changed: string[] = [];
  page.on('request', (request) => {
    const command = /\/api\/(start|answer|order|resume|drill|leave_drill|save)$/.exec(request.url());
    if (command?.[1] !== undefined) changed.push(command[1]);
  });
  await page.goto(engine.url);
  await setUpDrill(page);
  changed.length = 0;
  await press(page, 'j');
  for (let time = 0; time < 20; time += 1) await press(page, 'Enter');
  expect(changed, 'opening a release is all that Enter does').toEqual([]);
});

test('a reload in the middle of a run keeps the place', async ({ page, engine }) => {
  await page.goto(engine.url);
  await setUpDrill(page);
  await startRollback(page);
  await press(page, 'h');
  await expect(page.getByLabel('The run is held')).toBeVisible();
  await press(page, 'j', 'j');
  const looked = await page.getByRole('heading', { level: 1 }).textContent();
  const address = page.url();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(looked ?? '');
  expect(page.url()).toBe(address);
  await expect(page.getByLabel('The run is held')).toBeVisible();
});

test('a release is locked out with a reason by keyboard, and everybody sees it', async ({ page, engine }) => {
  await page.goto(engine.url);
  await setUpDrill(page);
  await expect(page.locator('a[data-row]').first()).toBeVisible();
  await press(page, 'j', 'Enter');
  await expect(page.locator('[data-primary]')).toContainText('Plan a rollback');
  await press(page, 'o');
  await expect(page.getByRole('textbox', { name: 'Reason' })).toBeFocused();
  await page.keyboard.type('the payment timeout is too low');
  await press(page, 'Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('complementary')).toContainText('the payment timeout is too low');
  await press(page, '7');
  await expect(page.getByRole('heading', { level: 1, name: 'Marks and locks' })).toBeVisible();
  await expect(page.getByText('1 release locked out')).toBeVisible();
  await press(page, '1');
  await expect(page.locator('[data-lane] .chip', { hasText: 'locked' }).first()).toBeVisible();
  await press(page, '7');
  await page.getByRole('button', { name: /^Lift the lock of/ }).click();
  await page.getByText('Another reason').click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('it was the wrong release');
  await press(page, 'Control+Enter');
  await expect(page.getByText('nothing is locked out')).toBeVisible();
});

for (const theme of ['dark', 'light'] as const) {
  test(`no view has an accessibility violation in the ${theme} theme`, async ({ page, engine }) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(engine.url);
    const found: Record<string, string[]> = {};
    const look = async (name: string): Promise<void> => {
      await page.waitForTimeout(500);
      const each = await violations(page);
      if (each.length > 0) found[name] = each;
    };
    await look('board before a drill');
    await press(page, '7');
    await look('marks, empty');
    await press(page, '5');
    await look('runs, empty');
    await press(page, '4');
    await look('drills');
    await setUpDrill(page, 10);
    await look('releases');
    await press(page, 'j', 'Enter');
    await look('a release');
    await press(page, 'Control+k');
    await look('palette');
    await press(page, 'Escape', '?');
    await look('keys');
    await press(page, 'Escape', 'Escape');
    await startRollback(page);
    await look('a run');
    await press(page, 'Shift+H');
    await look('a gate');
    await press(page, 'Escape', '3');
    await look('timeline');
    await press(page, 'x');
    await look('export');
    await press(page, 'Escape', '6');
    await expect(page.locator('a[data-row]').first()).toBeVisible();
    await press(page, 'j', 'Enter');
    await expect(page.locator('[data-primary]')).toContainText('Plan a rollback');
    await press(page, 'm');
    await look('a mark');
    await press(page, 'Escape', 'o');
    await look('a lock');
    await press(page, 'Escape', 'b');
    await expect(page.getByText('Not looked at')).toBeVisible();
    await look('what caused it');
    await press(page, '1');
    await expect(page.locator('[data-lane]').first()).toBeVisible();
    await look('board');
    await press(page, '8', 'f');
    await page.keyboard.insertText(COUNTS);
    await press(page, 'Control+Enter');
    await expect(page.getByText('Roll back', { exact: false }).first()).toBeVisible();
    await look('a verdict');
    await press(page, 'Escape', '9', 'f');
    await page.keyboard.insertText('ALTER TABLE payments DROP COLUMN payer_ref;');
    await press(page, 'Control+Enter');
    await expect(page.getByText('Data is gone', { exact: false })).toBeVisible();
    await look('a schema');
    expect(found).toEqual({});
  });
}
