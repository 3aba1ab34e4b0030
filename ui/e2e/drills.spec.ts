/** What goes around a drill and its record: presenting it, seeing it again, importing, checklists. By keyboard. */
import { expect } from '@playwright/test';
import { press, tabTo, test } from './engine';
import { sound } from './sound';
import { startRun } from './tour';
import { ask, enterDrill, open } from './world';

test('an item of a checklist is answered by a person, with name and date', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  await open(page, '#/board');
  await press(page, 'v');
  await expect(page.getByRole('heading', { level: 1, name: 'Checklists' })).toBeVisible();
  await expect(page.locator('[data-item]').first()).toBeVisible();
  const seen = page.locator('[data-item]', { hasText: 'seen by Lastgood' });
  expect(await seen.count(), 'some items are answered without anybody').toBeGreaterThan(0);
  const open1 = page.locator('[data-item]', { hasText: 'nobody knows' }).first();
  const item = (await open1.getAttribute('data-item')) ?? '';
  const focused = (): Promise<boolean> => page.evaluate((id) => (document.activeElement as HTMLElement | null)?.dataset['item'] === id, item);
  for (let row = 0; row < 40 && !(await focused()); row += 1) await press(page, 'j');
  expect(await focused(), 'every item is reached by j').toBe(true);
  await press(page, 'a');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page.locator('dialog input[type="radio"]:checked'), 'nothing is chosen beforehand').toHaveCount(0);
  await sound(page, 'checklist-answering');
  await tabTo(page, 'dialog input[type="radio"]');
  await press(page, 'Space');
  await tabTo(page, 'dialog textarea');
  await page.keyboard.type('looked at the cart in staging');
  await press(page, 'Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const row = page.locator(`[data-item="${item}"]`);
  await expect(row).toContainText('answered by a person: ana');
  await expect(row).toContainText('due again');
  await sound(page, 'checklist');
});

test('a drill is presented from its window: stopped, hurried, and something happens in it', async ({ page, engine }) => {
  await enterDrill(page, engine.url, 10);
  const { run } = await startRun(page);
  await press(page, 'e');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'Present this drill' })).toBeVisible();
  await expect(dialog.getByText('Now 10 s of it in one second.')).toBeVisible();
  await sound(page, 'presenter');
  await dialog.getByRole('button', { name: 'Stop it' }).press('Enter');
  await expect(dialog.getByText('It stands; questions can be answered.')).toBeVisible();
  const stood = await ask<{ now: number }>(page, 'workspace');
  await page.waitForTimeout(1500);
  expect((await ask<{ now: number }>(page, 'workspace')).now, 'no time goes by in the drill').toBe(stood.now);
  await dialog.getByRole('button', { name: 'Let it go on' }).press('Enter');
  await expect(dialog.getByText('Now 10 s of it in one second.')).toBeVisible();
  await dialog.locator('li button').first().press('Enter');
  await expect(dialog.getByRole('status')).toContainText('Presenter: ');
  await press(page, 'Escape');
  await press(page, '3');
  for (const text of ['stands still', 'goes on']) await expect(page.locator('[data-entry]', { hasText: text })).toBeVisible();
  // What was let happen is shown as soon as it was asked for, and kept when the drill comes to it.
  const presented = async (): Promise<string[]> =>
    (await ask<{ presented: { by: string }[] }>(page, 'debrief', { run })).presented.map((each) => each.by);
  await expect.poll(presented).toEqual(['ana', 'ana', 'ana']);
});

test('a run is seen again from its journal, at a speed, by keyboard', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  await startRun(page);
  await press(page, 'n');
  await page.keyboard.type('The canary failed payments.');
  await press(page, 'Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await press(page, '3');
  await expect(page.getByRole('heading', { level: 1, name: 'Timeline' })).toBeVisible();
  const changed: string[] = [];
  page.on('request', (request) => {
    const command = /\/api\/(start|answer|order|resume|drill|leave_drill|save|annotate|present)$/.exec(request.url());
    if (command?.[1] !== undefined) changed.push(command[1]);
  });
  await press(page, 'y');
  await expect(page.getByRole('heading', { level: 1, name: 'Replay' })).toBeVisible();
  await expect(page.locator('[data-replayed]').first()).toBeVisible();
  const early = await page.locator('[data-replayed]').count();
  await press(page, 'End');
  await expect(page.locator('[data-replayed]', { hasText: 'The canary failed payments.' })).toBeVisible();
  await sound(page, 'replay');
  await press(page, 'Home');
  await expect(page.locator('[data-replayed]')).toHaveCount(early);
  const moment = page.getByLabel('Moment of the run');
  await press(page, 't');
  await expect.poll(async () => Number(await moment.inputValue()), { message: 'it moves by itself' }).toBeGreaterThan(2_000);
  await press(page, 't');
  const stood = await moment.inputValue();
  await page.waitForTimeout(700);
  expect(await moment.inputValue(), 'and stands still').toBe(stood);
  expect(changed, 'seeing it again does nothing').toEqual([]);
});

test('lines of a chat are shown before they are added, and what cannot be read is said', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const { run } = await startRun(page);
  await open(page, `#/timeline/${run}`);
  await expect(page.locator('[data-entry]').first()).toBeVisible();
  await press(page, 'i');
  const dialog = page.getByRole('dialog');
  await tabTo(page, 'dialog textarea');
  await page.keyboard.insertText('14:03 ana: payments fail\n14:05 ben: <b>I look</b>\nBearer abcdefghijklmnop\n14:71 cleo: broken clock');
  await expect(dialog.locator('[data-read]').first()).toBeVisible();
  await expect(dialog.getByText('2 lines cannot be read:').first()).toBeVisible();
  await sound(page, 'import');
  await page.getByLabel('Leave out what cannot be read').check();
  await expect(dialog.locator('[data-primary]')).toContainText('Add 2 entries');
  await press(page, 'Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.locator('[data-entry]', { hasText: 'payments fail' })).toContainText('taken from chat');
  await press(page, 'i');
  await tabTo(page, 'dialog textarea');
  await page.keyboard.insertText('14:03 ana: payments fail');
  await expect(dialog.getByText('The timeline has all of it already.')).toBeVisible();
});

test('the record of another journal is looked at, kept, and read', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const { run } = await startRun(page);
  const { text } = await ask<{ text: string }>(page, 'export', { run, format: 'json' });
  const elsewhere = text.replaceAll(`"${run}"`, '"elsewhere-1"');
  await press(page, '5');
  await press(page, 'i');
  const dialog = page.getByRole('dialog');
  await tabTo(page, 'dialog textarea');
  await page.keyboard.insertText('{"schema": 1}');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(elsewhere);
  await expect(dialog.locator('[data-record="elsewhere-1"]')).toBeVisible();
  await sound(page, 'import-record');
  await press(page, 'Control+Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Imported from other journals' })).toBeVisible();
  await sound(page, 'imported');
  await page.locator('a[data-run="elsewhere-1"]').press('Enter');
  await expect(page.locator('[data-entry]').first()).toBeVisible();
});
