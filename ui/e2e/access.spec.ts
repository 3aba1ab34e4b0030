/**
 * What axe cannot see: where the focus goes and whether it is seen, other sizes and spacings,
 * colours that the system forces, and what single letters do. On every view, in the middle of a run.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { violations } from './axe';
import { test } from './engine';
import { startRun } from './tour';
import { enterDrill, open, suspect } from './world';

const FOLDER = process.env['LASTGOOD_STATES'];
/** At least this many stops of the Tab key on any view: the strip, the tabs, the bar. */
const FEWEST_STOPS = 8;

/** Every view with something on it; the plan and the run are those of one rollback. */
async function views(page: Page, url: string): Promise<Record<string, string>> {
  await enterDrill(page, url);
  const row = await suspect(page);
  const at = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;
  const { service, environment } = row.place;
  const { run, address } = await startRun(page);
  await page.locator('[aria-label="What you are asked"]').waitFor();
  return {
    board: '#/board',
    'board with a release': at('board', service, environment, row.release.id),
    releases: '#/releases',
    plan: at('plan', service, environment, row.release.id),
    run: address,
    timeline: at('timeline', run),
    debrief: at('debrief', run),
    drills: '#/drills',
    runs: '#/runs',
    blame: at('blame', service, environment),
    marks: '#/marks',
    judge: '#/judge',
    schema: '#/schema',
    runbooks: '#/runbooks',
    connections: '#/connections',
    settings: '#/settings',
  };
}

async function settle(page: Page): Promise<void> {
  await expect(page.locator('h1').first()).toBeAttached();
  await page.waitForTimeout(500);
}

async function picture(page: Page, name: string): Promise<void> {
  if (FOLDER === undefined) return;
  await mkdir(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name.replaceAll(/[ ,]+/g, '-')}.png`) });
}

interface Stop {
  name: string;
  fault: string | null;
}

/** The element in focus: is its focus seen, and is it covered by anything? (WCAG 2.2: 2.4.7, 2.4.11) */
async function stop(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null;
    if (at === null || at === document.body) return null;
    const name = `<${at.tagName.toLowerCase()}> ${(at.getAttribute('aria-label') ?? at.textContent ?? '').trim().slice(0, 40)}`;
    const ring = (each: Element): boolean => {
      const style = getComputedStyle(each);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const around = [at, at.parentElement, at.closest('label')].filter((each) => each !== null);
    if (!around.some(ring)) return { name, fault: 'no ring is drawn around it' };
    const box = at.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 12)];
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return { name, fault: 'it is outside of the window' };
    const top = document.elementFromPoint(x, y);
    const its = top !== null && (at.contains(top) || top.contains(at) || at.closest('label')?.contains(top) || at.parentElement === top.parentElement);
    return { name, fault: its ? null : `it is covered by <${top?.tagName.toLowerCase() ?? 'nothing'} class="${top?.className.toString() ?? ''}">` };
  });
}

test('the focus is seen at every stop, is covered by nothing, and is trapped nowhere', async ({ page, engine }) => {
  test.setTimeout(400_000);
  const faults: string[] = [];
  for (const [view, address] of Object.entries(await views(page, engine.url))) {
    await open(page, address);
    await settle(page);
    const stops: string[] = [];
    let left = false;
    for (let press = 0; press < 250 && !left; press += 1) {
      await page.keyboard.press('Tab');
      const at = await stop(page);
      if (at === null) left = true;
      else {
        stops.push(at.name);
        if (at.fault !== null) faults.push(`${view}: ${at.name}: ${at.fault}`);
      }
    }
    expect.soft(left, `${view}: Tab leaves the page after ${stops.length} stops`).toBe(true);
    expect.soft(stops.length, view).toBeGreaterThanOrEqual(FEWEST_STOPS);
  }
  expect(faults).toEqual([]);
});

/** What a person cannot read because it does not fit: text cut off without a sign, or a view wider than the window. */
async function cut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const main = document.querySelector('main');
    if (main !== null && main.scrollWidth > main.clientWidth + 1) found.push(`the view is ${main.scrollWidth - main.clientWidth} px too wide`);
    for (const each of document.querySelectorAll<HTMLElement>('main *, dialog *')) {
      const own = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
      if (!own || each.getClientRects().length === 0 || each.closest('.visually-hidden, svg, textarea, select') !== null) continue;
      const style = getComputedStyle(each);
      const hides = (value: string): boolean => value === 'hidden' || value === 'clip';
      const lost = style.webkitLineClamp === 'none' && ((hides(style.overflowX) && each.scrollWidth > each.clientWidth + 1 && style.textOverflow !== 'ellipsis') || (hides(style.overflowY) && each.scrollHeight > each.clientHeight + 2));
      if (lost) found.push(`cut off: ${(each.textContent ?? '').trim().slice(0, 60)}`);
    }
    const primary = document.querySelector('[data-primary]');
    if (primary !== null) {
      primary.scrollIntoView({ block: 'nearest' });
      const box = primary.getBoundingClientRect();
      if (box.left < 0 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1) found.push('the one action cannot be brought into the window');
    }
    return found;
  });
}

test('nothing is lost at 150% in a window of ordinary size, nor with the spacing that a reader may ask for', async ({ page, engine }) => {
  test.setTimeout(400_000);
  const faults: string[] = [];
  for (const [view, address] of Object.entries(await views(page, engine.url))) {
    // 1280 by 800 at 150%.
    await page.setViewportSize({ width: 853, height: 533 });
    await open(page, address);
    await settle(page);
    faults.push(...(await cut(page)).map((each) => `${view} at 150%: ${each}`));
    await picture(page, `zoomed-${view}`);
    await page.setViewportSize({ width: 1280, height: 800 });
    // WCAG 2.2, 1.4.12, as a style of the reader's own.
    await page.evaluate(() => {
      const spaced = new CSSStyleSheet();
      spaced.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }');
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, spaced];
    });
    await page.waitForTimeout(150);
    faults.push(...(await cut(page)).map((each) => `${view}, spaced: ${each}`));
    await picture(page, `spaced-${view}`);
  }
  expect(faults).toEqual([]);
});

test('colours that the system forces, and more contrast, leave every view usable', async ({ page, engine }) => {
  test.setTimeout(400_000);
  const faults: string[] = [];
  const all = await views(page, engine.url);
  for (const scheme of ['dark', 'light'] as const) {
    for (const [view, address] of Object.entries(all)) {
      await page.emulateMedia({ colorScheme: scheme, forcedColors: 'active' });
      await open(page, address);
      await settle(page);
      faults.push(
        ...(await page.evaluate(() =>
          [...document.querySelectorAll<HTMLElement>('[data-primary], input[type="radio"]')]
            .filter((each) => each.getClientRects().length > 0)
            .flatMap((each) => {
              const style = getComputedStyle(each);
              const filled = style.backgroundColor !== getComputedStyle(document.body).backgroundColor;
              const seen = parseFloat(style.borderTopWidth) >= 1 && (filled || style.borderTopColor !== style.backgroundColor);
              return seen ? [] : [`no edge: ${(each.getAttribute('aria-label') ?? each.tagName).slice(0, 60)}`];
            }),
        )).map((each) => `${view}, forced ${scheme}: ${each}`),
      );
      await picture(page, `forced-${view}-${scheme}`);
      await page.emulateMedia({ colorScheme: scheme, forcedColors: 'none', contrast: 'more' });
      faults.push(...(await violations(page)).map((each) => `${view}, more contrast, ${scheme}: ${each}`));
      await page.emulateMedia({ colorScheme: scheme, forcedColors: 'none', contrast: 'no-preference' });
    }
  }
  expect(faults).toEqual([]);
});

test('no letter changes anything, and with letters off none does anything', async ({ page, engine }) => {
  test.setTimeout(400_000);
  const all = await views(page, engine.url);
  const changed: string[] = [];
  page.on('request', (request) => {
    const command = /\/api\/([a-z_]+)$/.exec(request.url())?.[1] ?? '';
    const order = command === 'order' ? (request.postData() ?? '') : '';
    // A star is a mark in the record, outside of which nothing changes; the next press takes it away.
    if (command === 'annotate' && /"say":"(un)?star"/.test(request.postData() ?? '')) return;
    // Holding is the one thing a letter may do; it only stops.
    if (/^(start|answer|resume|decline|drill|leave_drill|save|mark|lock|unlock|annotate|attach|attest|import|import_entries|follow_ups|present)$/.test(command)) changed.push(command);
    if (order !== '' && !order.includes('"hold"')) changed.push(`order ${order}`);
  });
  const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter((each) => each !== ' ');
  for (const [view, address] of Object.entries(all)) {
    await open(page, address);
    await settle(page);
    changed.length = 0;
    for (const key of printable) {
      await page.keyboard.press(key);
      // What a letter has opened is closed again, so that the next one meets the view.
      if ((await page.locator('dialog[open]').count()) > 0) await page.keyboard.press('Escape');
    }
    expect.soft(changed, `${view}: letters`).toEqual([]);
  }
  await page.evaluate(() => localStorage.setItem('lastgood.letters', 'off'));
  for (const [view, address] of Object.entries(all)) {
    await open(page, address);
    await settle(page);
    const asked: string[] = [];
    const listen = (request: { url: () => string }): void => {
      // Views ask again by themselves after a while; nothing else may be asked.
      if (!/\/(watch|health|releases|runs|run|doctor|release|timeline|debrief|workspace|drill)(\/|$|\?)/.test(new URL(request.url()).pathname)) asked.push(request.url());
    };
    page.on('request', listen);
    const before = await page.evaluate(() => location.hash);
    for (const key of printable) await page.keyboard.press(key);
    await page.waitForTimeout(100);
    page.off('request', listen);
    expect.soft(await page.locator('dialog[open]').count(), `${view}: no layer opens`).toBe(0);
    expect.soft(await page.evaluate(() => location.hash), view).toBe(before);
    expect.soft(asked, `${view}: letters that are off`).toEqual([]);
  }
});
