/** One release: its blocks by arrow key, the releases beside it, what differs, and its line for others. */
import { expect } from '@playwright/test';
import { violations } from './axe';
import { press, tabTo, test } from './engine';
import { enterDrill, fault, open, suspect } from './world';

const at = (view: string, { place, release }: { place: { service: string; environment: string }; release: { id: string } }): string =>
  `#/${[view, place.service, place.environment, release.id].map(encodeURIComponent).join('/')}`;

test('C on a chip of the board shows what differs from the release before, and what is not known', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  await open(page, '#/board');
  // A lane is there as soon as its health is; a key goes to its newest release once that is.
  await page.locator(`[data-release="${row.release.id}"]`).waitFor();
  await press(page, 'j');
  await expect(page.locator(`[data-release="${row.release.id}"]`)).toBeFocused();
  await press(page, 'c');
  const sheet = page.getByRole('complementary');
  await expect(sheet.getByRole('heading', { name: /^Compared with / })).toBeVisible();
  await expect(sheet.getByRole('tab', { name: 'What changed' })).toHaveAttribute('aria-selected', 'true');
  await expect(sheet.getByText(/^\d differ, \d the same, \d not known\.$/)).toBeVisible();
  const rows = sheet.locator('section[aria-labelledby="compared"] dl');
  await expect(rows.locator('dt')).toHaveText(['Commit', 'Image', 'Configuration', 'Migration', 'Flags', 'Cost', 'Strategy']);
  await expect(rows.locator('dd').nth(0)).toContainText('Differs');
  await expect(rows.locator('dd').nth(2), 'no source records it, so nobody calls it the same').toContainText('Not known');
  await press(page, 'ArrowRight', 'c');
  await expect(sheet.getByRole('tablist'), 'again, with the release open').toBeInViewport();
  await press(page, 'Escape');
  await expect(page.locator(`[data-release="${row.release.id}"]`), 'closing gives the place back').toBeFocused();
});

test('the blocks of a release go by arrow key, and stay when another release is looked at', async ({ page, engine, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  await open(page, at('releases', row));
  const sheet = page.getByRole('complementary');
  await sheet.getByRole('tablist').waitFor();
  const title = sheet.getByRole('heading', { level: 2 }).first();
  await expect(title).toContainText(row.release.version);

  await tabTo(page, '[role="tab"][aria-selected="true"]');
  for (const [tab, says] of [
    ['Health', /now/],
    ['Way back', 'What to go back to'],
    ['Dependencies', 'Whom to ask, where to look'],
    ['Raw', 'As the engine handed it over'],
  ] as const) {
    await press(page, 'ArrowRight');
    await expect(sheet.getByRole('tab', { name: tab })).toBeFocused();
    await expect(sheet.getByRole('tabpanel')).toContainText(says);
    expect(await violations(page), tab).toEqual([]);
  }
  await press(page, 'ArrowRight');
  await expect(sheet.getByRole('tab', { name: 'What changed' }), 'around the end').toBeFocused();
  await press(page, 'Home', 'ArrowRight');

  await press(page, '[');
  await expect(title).not.toContainText(row.release.version);
  await expect(sheet.getByRole('tab', { name: 'Health' })).toHaveAttribute('aria-selected', 'true');
  await expect(sheet.getByRole('tab', { name: 'Health' }), 'the focus does not fall out of the sheet').toBeFocused();
  await page.reload();
  await expect(sheet.getByRole('tab', { name: 'Health' }), 'over a reload as well').toHaveAttribute('aria-selected', 'true');
  await expect(sheet.getByRole('button', { name: `Newer: ${row.release.version}` })).toBeVisible();
  await press(page, ']');
  await expect(title).toContainText(row.release.version);

  await press(page, 'y');
  await expect(sheet.getByRole('status').filter({ hasText: 'Copied as one line.' })).toBeVisible();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  expect(line).toContain(`${row.place.service} ${row.release.version} in ${row.place.environment}: deployed `);
  expect(line).not.toContain('\n');
});

test('a block without an answer blanks no other', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  await open(page, '#/board');
  await page.locator('[data-lane]').first().waitFor();
  await fault(page, 'health', { code: 'unreachable', chain: ['the health of the services is not known', 'prometheus-eu gave no answer'], hint: null });
  await fault(page, 'releases', 'silent');
  await page.evaluate((address) => (location.hash = address), at('board', row));
  const sheet = page.getByRole('complementary');
  await expect(sheet.locator('[data-primary]')).toContainText('Plan a rollback');
  await expect(sheet.getByRole('tabpanel')).toContainText('Recorded of it');
  await sheet.getByRole('tab', { name: 'Health' }).click();
  await expect(sheet.getByRole('tabpanel')).toContainText('prometheus-eu gave no answer');
  await sheet.getByRole('tab', { name: 'Raw' }).click();
  await expect(sheet.getByRole('region', { name: 'The release as JSON' })).toContainText(row.release.version);
});
