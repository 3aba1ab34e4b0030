/** How the window does against its budgets, in a browser, on a real engine whose answers are made long. */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, type Page } from '@playwright/test';
import { press, test, type Engine } from './engine';
import { at, say } from './measure';
import { startRun } from './tour';
import { ask, enterDrill, fault, open, suspect } from './world';

const TIMES = 40;
const ENTRIES = 50_000;
const DIST = join(process.cwd(), 'dist/assets');

/** From a key to the second frame after it: the frame in which its effect is on screen. WebKitGTK has no entry for that. */
async function inputToPaint(page: Page, keys: string[], times = TIMES): Promise<number[]> {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { seen });
    window.addEventListener(
      'keydown',
      () => {
        const began = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => seen.push(performance.now() - began)));
      },
      { capture: true },
    );
  });
  for (let time = 0; time < times; time += 1) await press(page, keys[time % keys.length] ?? 'j');
  await page.waitForTimeout(200);
  return page.evaluate(() => (window as unknown as { seen: number[] }).seen);
}

/** The gaps between frames while something is done. */
async function frames(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const gaps: number[] = [];
    let last = performance.now();
    const next = (): void => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    Object.assign(window, { gaps });
    requestAnimationFrame(next);
  });
  await act();
  return page.evaluate(() => (window as unknown as { gaps: number[] }).gaps.slice(1));
}

const nodes = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll('*').length);

test('first load', async () => {
  const files = await readdir(DIST);
  const weigh = async (ending: string, zip: boolean): Promise<number> => {
    const all = await Promise.all(files.filter((name) => name.endsWith(ending)).map((name) => readFile(join(DIST, name))));
    return all.reduce((sum, each) => sum + (zip ? gzipSync(each).length : each.length), 0) / 1024;
  };
  say('scripts, gzip', `${(await weigh('.js', true)).toFixed(0)} KiB`, '150 KiB');
  say('styles, gzip', `${(await weigh('.css', true)).toFixed(0)} KiB`, '30 KiB');
  say('fonts, with the extended sets', `${(await weigh('.woff2', false)).toFixed(0)} KiB`, '60 KiB without them');
});

interface Row {
  place: { service: string; environment: string };
  at: number;
  release: { id: string; version: string };
}

test('a board of 50 lanes and 5,000 deploys', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  await suspect(page);
  const named = (place: Row['place'], lane: number): Row['place'] => ({ ...place, service: `${place.service}-${String(lane).padStart(2, '0')}` });
  await fault(page, 'health', (answer: { places: { place: Row['place'] }[] }) => ({
    ...answer,
    places: Array.from({ length: 50 }, (_, lane) => {
      const of = answer.places[lane % answer.places.length];
      return of && { ...of, place: named(of.place, lane) };
    }),
  }));
  await fault(page, 'releases', (answer: { at: number; deploys: Row[] }) => ({
    ...answer,
    deploys: Array.from({ length: 5000 }, (_, index) => {
      const of = answer.deploys[index % 3];
      return of && { ...of, place: named(of.place, index % 50), at: answer.at - ((index * 7919) % 21_600) * 1000, release: { ...of.release, id: `r-${index}`, version: `2026.11.${index}` } };
    }),
  }));
  await open(page, '#/board');
  await page.locator('[data-lane]').nth(49).waitFor();
  const gaps = await frames(page, async () => {
    for (let time = 0; time < 30; time += 1) await page.keyboard.press(time % 2 === 0 ? 'Shift+ArrowLeft' : 'Shift+ArrowRight');
    await page.mouse.move(700, 500);
    for (let time = 0; time < 30; time += 1) await page.mouse.wheel(0, time < 15 ? 300 : -300);
  });
  say('board: frames in a second while it is moved', `${(1000 / at(gaps, 0.5)).toFixed(0)} median, ${(1000 / at(gaps, 0.95)).toFixed(0)} at p95`, '30');
  say('board: nodes', String(await nodes(page)), '1,500 on an ordinary screen');
  const took = await inputToPaint(page, ['j', 'k', 'ArrowRight', 'ArrowLeft']);
  say('board: key to paint, p95', `${at(took, 0.95).toFixed(0)} ms`, '50 ms');
});

test('a palette over 20,000 releases', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  await suspect(page);
  await fault(page, 'releases', (answer: { at: number; deploys: Row[] }) => ({
    ...answer,
    deploys: Array.from({ length: 20_000 }, (_, index) => {
      const of = answer.deploys[index % answer.deploys.length];
      return of && { ...of, at: of.at - index, release: { ...of.release, id: `r-${index}`, version: `2026.11.${index}` } };
    }),
  }));
  await open(page, '#/settings');
  await press(page, 'Control+k');
  await page.getByText(/more; another word narrows it/).waitFor();
  const took = await inputToPaint(page, ['2', '0', '2', '6', 'Backspace', 'Backspace', 'Backspace', 'Backspace']);
  say('palette: key to paint, p95', `${at(took, 0.95).toFixed(0)} ms`, '100 ms');
});

/** Adds as many entries to the record of a run as another system would have written. */
async function lengthen(engine: Engine, run: string): Promise<void> {
  const file = join(engine.data, 'signals.csv');
  const rows = Array.from({ length: ENTRIES }, (_, at) => `${new Date(Date.UTC(2026, 2, 2, 10) + at * 100).toISOString()},alertmanager,alert ${at} of checkout: 5xx over 2 % for 1 min`);
  await writeFile(file, ['at,who,text', ...rows].join('\n'));
  await promisify(execFile)(engine.binary, ['import', file, '--into', run, '--data', engine.data, '--json'], { maxBuffer: 1 << 30 });
}

test('a timeline of 50,000 entries', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  const plan = await ask<{ hash: string }>(page, 'plan', {
    place: row.place,
    target: (await ask<{ target: string }>(page, 'release', { place: row.place, release: row.release.id })).target,
    runbook: null,
    inputs: {},
  });
  const { run } = await ask<{ run: string }>(page, 'start', { hash: plan.hash, overrides: [] });
  await lengthen(engine, run);
  await open(page, '#/settings');
  const opened = (): Promise<number> =>
    page.evaluate(
      (address) =>
        new Promise<number>((done) => {
          location.hash = '#/settings';
          requestAnimationFrame(() => {
            const began = performance.now();
            location.hash = address;
            const look = (): void => {
              if (document.querySelector('[data-entry]')) requestAnimationFrame(() => done(performance.now() - began));
              else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
          });
        }),
      `#/timeline/${run}`,
    );
  say('timeline: opened, and verified', `${(await opened()).toFixed(0)} ms`, '300 ms');
  say('timeline: opened again', `${(await opened()).toFixed(0)} ms`, '300 ms');
  const keys = await inputToPaint(page, ['j']);
  say('timeline: key to paint, p95', `${at(keys, 0.95).toFixed(0)} ms`, '50 ms');
  say('timeline: nodes', String(await nodes(page)), '1,500');
});

test('an idle window and a run', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  await suspect(page);
  await open(page, '#/releases');
  await page.locator('a[data-row]').first().waitFor();
  const idle = await inputToPaint(page, ['j', 'k']);
  say('releases: key to paint, p95', `${at(idle, 0.95).toFixed(0)} ms`, '50 ms');
  say('releases: nodes', String(await nodes(page)), '1,500');
  const gaps = await frames(page, () => page.waitForTimeout(3000));
  say('idle: longest gap between frames, p99', `${at(gaps, 0.99).toFixed(0)} ms`, '150 ms');
});

/** Ten views of the run in a second, each with 200 new lines and six objectives that have moved: what the engine sends at most. */
async function flooded(page: Page): Promise<void> {
  await page.addInitScript(() => {
    interface View {
      now: number;
      revision: number;
      log: { seq: number; at: number; text: string }[];
      judgements: { slo: string; points: { at: number; rate: number | null }[] }[];
    }
    const real = window.fetch.bind(window);
    const LINE = 'GET /checkout/basket 502 in 812 ms, upstream reset before headers, try 3 of 3, pod checkout-7d9f4c-';
    window.fetch = async (...asked) => {
      const address = asked[0] instanceof Request ? asked[0].url : asked[0].toString();
      if (!address.includes('/api/watch/run')) return real(...asked);
      const reader = (await real(...asked)).body?.pipeThrough(new TextDecoderStream()).getReader();
      let said = '';
      while (reader && !said.includes('\n')) said += (await reader.read()).value ?? '\n';
      void reader?.cancel();
      const first = JSON.parse(said.slice(0, said.indexOf('\n'))) as View;
      const line = first.log.at(-1);
      const measured = first.judgements[0];
      let turn = 0;
      return new Response(
        new ReadableStream<Uint8Array>({
          async pull(out) {
            await new Promise((done) => setTimeout(done, 100));
            turn += 1;
            const log = Array.from({ length: 200 }, (_, at) => ({ ...line, seq: turn * 200 + at, at: first.now + turn * 100, text: `${LINE}${turn}-${at}` }));
            const judgements = Array.from({ length: measured ? 6 : 0 }, (_, at) => ({
              ...measured,
              slo: `objective ${at}`,
              points: Array.from({ length: 120 }, (__, point) => ({ at: first.now + (turn + point) * 1000, rate: 0.02 + 0.01 * Math.sin(turn / 3 + point / 9 + at) })),
            }));
            out.enqueue(new TextEncoder().encode(`${JSON.stringify({ ...first, revision: first.revision + turn, log, judgements })}\n`));
          },
        }),
      );
    };
  });
}

test('a run under 2,000 log lines a second and six charts', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const { address } = await startRun(page);
  await page.locator('figure').first().waitFor();
  await flooded(page);
  await open(page, address);
  await page.locator('figure svg').nth(5).waitFor();
  const gaps = await frames(page, () => page.waitForTimeout(5000));
  say('flooded run: longest gap between frames, p99', `${at(gaps, 0.99).toFixed(0)} ms`, '150 ms');
  const took = await inputToPaint(page, ['j', 'k']);
  say('flooded run: key to paint, p95', `${at(took, 0.95).toFixed(0)} ms`, '100 ms');
  expect(await page.getByRole('button', { name: /Paused/ }).count(), 'the log follows its end').toBe(0);
  say('flooded run: nodes', String(await nodes(page)), '1,500');
});
