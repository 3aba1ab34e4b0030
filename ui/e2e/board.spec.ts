/** The board: what is wanted of it, what that hides, and that it is still so on coming back. */
import { expect, type Page } from '@playwright/test';
import { press, test } from './engine';
import { enterDrill, fault, open, suspect } from './world';

interface Lane {
  place: { service: string; environment: string };
  state: string;
  suspect: unknown;
}

/** Makes the practice world a large one: thirty-one lanes in two environments, two teams, one that burns. */
async function crowd(page: Page): Promise<void> {
  const of = (index: number): Lane['place'] => ({ service: `service-${String(index).padStart(2, '0')}`, environment: index % 3 === 0 ? 'staging' : 'production' });
  await fault(page, 'health', (answer: { places: Lane[] }) => ({
    ...answer,
    places: [
      ...answer.places,
      ...Array.from({ length: 31 - answer.places.length }, (_, index) => ({ ...answer.places[0], place: of(index), state: index === 7 ? 'burning' : 'within', part: null, suspect: null })),
    ],
  }));
  await fault(page, 'releases', (answer: { running: { place: Lane['place']; owner: string | null }[] }) => ({
    ...answer,
    running: [
      ...answer.running.map((each) => ({ ...each, owner: 'shop' })),
      ...Array.from({ length: 28 }, (_, index) => ({ ...answer.running[0], place: of(index), owner: index < 12 ? 'money' : null })),
    ],
  }));
}

test('the filter says what it shows, never hides a fire silently, and is kept', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  await suspect(page);
  await crowd(page);
  await open(page, '#/board');
  const lanes = page.locator('[data-lane]');
  await expect(lanes).toHaveCount(31);
  const bar = page.getByRole('group', { name: 'Filter of the board' });
  await expect(bar, 'a quiet board has no filter on it').toHaveCount(0);

  await press(page, 'f');
  await expect(page.getByLabel('Service', { exact: true })).toBeFocused();
  await page.getByLabel('Team').selectOption('shop');
  await expect(lanes).toHaveCount(3);
  await expect(bar).toContainText('3 of 31 lanes');
  await expect(bar).toContainText('Filter: team shop.');
  await expect(bar).toContainText('Hidden by the filter. Burning: service-07 in production.');
  await expect(page.getByText('1 service burning'), 'the whole board is counted').toBeVisible();

  await press(page, 'Escape', '6');
  await expect(page.getByRole('heading', { level: 1, name: 'Releases' })).toBeVisible();
  await press(page, '1');
  await expect(bar).toContainText('3 of 31 lanes');
  await page.reload();
  await expect(bar, 'over a reload as well').toContainText('3 of 31 lanes');

  await page.getByLabel('Team').selectOption('no team named');
  await expect(lanes).toHaveCount(16);
  await page.getByLabel('In', { exact: true }).selectOption('staging');
  await expect(bar).toContainText('Filter: no team named, in staging.');
  await page.getByLabel('Service', { exact: true }).selectOption('checkout');
  await expect(page.getByText('No lane fits the filter')).toBeVisible();
  await press(page, 'Escape', 'Shift+F');
  await expect(lanes).toHaveCount(31);
  await expect(bar).toHaveCount(0);
});

test('a kind of deploys hides others and says that the suspect is among them', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  await fault(page, 'health', (answer: { places: Lane[]; at: number }) => ({
    ...answer,
    places: answer.places.map((each) =>
      each.place.service === row.place.service
        ? { ...each, state: 'burning', suspect: { release: row.release.id, version: row.release.version, at: answer.at - 60_000, broken_since: answer.at } }
        : each,
    ),
  }));
  await open(page, '#/board');
  await expect(page.locator('.chip').first()).toBeVisible();
  await press(page, 'f');
  await page.getByLabel('Kind').selectOption('rollbacks');
  const bar = page.getByRole('group', { name: 'Filter of the board' });
  await expect(bar).toContainText('3 of 3 lanes, 0 of 1 deploys shown.');
  await expect(bar).toContainText(`The suspect deploy of: ${row.place.service} in ${row.place.environment}.`);
  await expect(page.locator('.chip')).toHaveCount(0);
  await bar.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(page.locator('.chip').first()).toBeVisible();
});
