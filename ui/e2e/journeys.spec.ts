import { expect } from '@playwright/test';
import { violations } from './axe';
import { answer, setUpDrill, startRollback } from './drill';
import { press, tabTo, test } from './engine';
import { enterDrill, fault, open, suspect } from './world';

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

test('a long list of releases stays short in the document and whole for the keyboard', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  await fault(page, 'releases', (answer: { deploys: { at: number; release: object }[] }) => ({
    ...answer,
    deploys: Array.from({ length: 5000 }, (_, index) => {
      const of = answer.deploys[index % answer.deploys.length];
      return of && { ...of, at: of.at - index, release: { ...of.release, id: `r-${index}`, version: `v${index}` } };
    }),
  }));
  await open(page, '#/releases');
  const rows = page.locator('tr[data-at]');
  await expect(rows.first()).toBeVisible();
  // A row that was far away is drawn first and has the focus a moment later.
  const focused = (because = 'the row with the focus') =>
    expect.poll(() => page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('aria-rowindex')), because);

  await press(page, 'End');
  await focused('the last of 5,000, below the heading').toBe('5001');
  await expect(page.locator(':focus')).toBeInViewport({ ratio: 1 });
  expect(await rows.count()).toBeLessThan(40);
  await press(page, 'PageUp', 'k');
  await focused().toBe('4990');
  await press(page, 'Home');
  await focused().toBe('2');

  await page.mouse.move(600, 400);
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, 4000);
  const list = page.getByRole('region', { name: 'Deploys, newest first' });
  await expect.poll(() => list.evaluate((each) => each.scrollTop), { message: 'the wheel has come to rest' }).toBe(80_000);
  expect(Number(await rows.nth(3).getAttribute('data-at'))).toBeGreaterThan(1500);
  await focused('what has the focus keeps it while the eye is elsewhere').toBe('2');
  await press(page, 'j');
  await focused().toBe('3');
  await expect(page.locator(':focus')).toBeInViewport({ ratio: 1 });

  await press(page, 'Control+f');
  await page.keyboard.type(`v4711 ${row.place.environment}`);
  await expect(rows).toHaveCount(1);
  await expect(page.getByRole('status').filter({ hasText: '1 of 5000 deploys' })).toBeVisible();
  await press(page, 'Escape', 'j', 'Enter');
  await expect(page).toHaveURL(/r-4711$/);
});
