/** The bar and the help of keys: what leads out is always there, whatever the width. */
import { expect, type Page } from '@playwright/test';
import { press, test } from './engine';
import { startRun } from './tour';
import { enterDrill, open, suspect } from './world';

const WIDTHS = [960, 1280, 1440] as const;

/** The commands of the bar that can be seen, the ones that cannot, and how many it says there are. */
async function bar(page: Page): Promise<{ seen: string[]; hidden: number; said: number }> {
  return page.getByRole('group', { name: 'Keys that mean something now' }).evaluate((group) => {
    const line = group.querySelector('.own');
    const top = (line?.firstElementChild as HTMLElement | null)?.offsetTop ?? 0;
    const buttons = [...group.querySelectorAll<HTMLElement>('button:not(.more)')];
    const off = buttons.filter((each) => each.parentElement === line && each.offsetTop > top);
    const box = (each: HTMLElement): boolean => {
      const { left, right, top: above, bottom } = each.getBoundingClientRect();
      return left >= 0 && right <= innerWidth && above >= 0 && bottom <= innerHeight;
    };
    return {
      seen: buttons.filter((each) => !off.includes(each) && box(each)).map((each) => each.querySelector('span:last-child')?.textContent ?? ''),
      hidden: off.length,
      said: Number(/\d+/.exec(group.querySelector('.more')?.textContent ?? '0')?.[0]),
    };
  });
}

test('what leads out stays in the bar at every width, and what does not fit is counted', async ({ page, engine }) => {
  await enterDrill(page, engine.url, 10);
  const { place, release } = await suspect(page);
  const of = [place.service, place.environment, release.id].map(encodeURIComponent).join('/');
  const look = async (name: string, wanted: string[]): Promise<void> => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(async () => (await bar(page)).seen, { message: `${name} at ${width}` }).toEqual(expect.arrayContaining(wanted));
      const { hidden, said } = await bar(page);
      expect(said, `${name} at ${width}: how many are missing`).toBe(hidden);
    }
  };
  for (const [address, ready] of [[`#/board/${of}`, 'Way back'], [`#/releases/${of}`, 'Way back'], [`#/plan/${of}`, 'From and to']] as const) {
    await open(page, address);
    // The table beneath a sheet has a column of the same name, and hides it where it is narrow.
    await expect(page.getByText(ready).filter({ visible: true }).first()).toBeVisible();
    await look(address, ['close', 'everything', 'keys']);
  }
  const { address } = await startRun(page);
  await open(page, address);
  await expect(page.getByRole('region', { name: 'What you are asked' })).toBeVisible();
  await look('a run', ['confirm', 'hold', 'everything', 'keys']);
  await press(page, 'Control+,');
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await look('the settings', ['everything', 'keys']);
  expect((await bar(page)).seen, 'they have no step and no release').not.toContain('what caused it');
});

test('the help of keys opens at its top, and a reader begins with its title', async ({ page, engine }) => {
  await enterDrill(page, engine.url, 10);
  const { address } = await startRun(page);
  await open(page, address);
  await expect(page.getByRole('navigation', { name: 'Steps of the run' })).toBeVisible();
  await press(page, '?');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'Keys of this view' })).toBeFocused();
  expect(await dialog.evaluate((each) => [each.scrollTop, each.scrollHeight > each.clientHeight]), 'longer than the window, and at its top').toEqual([0, true]);
  await press(page, 'Escape');
  await expect(dialog).toHaveCount(0);
});
