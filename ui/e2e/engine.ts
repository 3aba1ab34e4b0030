/** A real engine for one test: its own data folder, its own port, ended with the test. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, type Page } from '@playwright/test';

const START_MS = 30_000;
const PAGES = fileURLToPath(new URL('../dist', import.meta.url));

export interface Engine {
  /** The address as printed, with its one-time token. */
  url: string;
  /** Its program and its data folder, for what is written past it. */
  binary: string;
  data: string;
}

/** Starts an engine; `beside` another one it has the same journal, and is somebody else’s. */
export async function start(beside?: Engine, person = 'ana'): Promise<{ engine: Engine; stop: () => Promise<void> }> {
  const binary = process.env['LASTGOOD_BIN'];
  if (binary === undefined) throw new Error('LASTGOOD_BIN is not set; run this through `npm run e2e`');
  const data = beside?.data ?? (await mkdtemp(join(tmpdir(), 'lastgood-e2e-')));
  const child = spawn(binary, ['serve', '--port', '0', '--ui', PAGES, '--data', data, '--practice', '--as', person, '--json'], {
    cwd: data,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no address within ${START_MS / 1000} s; it said: ${said}`)), START_MS);
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+[^\s"']*/.exec(said);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[0]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the engine ended with ${code}; it said: ${said}`));
    });
  });
  return {
    engine: { url, binary, data },
    stop: async () => {
      const ended = child.exitCode;
      if (ended === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await gone;
      }
      if (beside === undefined) await rm(data, { recursive: true, force: true });
      if (ended !== null) throw new Error(`the engine ended by itself with ${ended}; it said: ${said}`);
    },
  };
}

export const test = base.extend<{ engine: Engine }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names it needs from this pattern
  engine: async ({}, use) => {
    const { engine, stop } = await start();
    await use(engine);
    await stop();
  },
});

/** Presses a key the way a person does: after having had time to read. */
export async function press(page: Page, ...chords: string[]): Promise<void> {
  for (const chord of chords) {
    await page.waitForTimeout(chord === 'Control+Enter' ? 450 : 40);
    await page.keyboard.press(chord);
  }
}

/** Walks with Tab until the focused element fits a selector; fails after one round. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let step = 0; step < 200; step += 1) {
    if (await page.evaluate((css) => document.activeElement?.matches(css) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${selector}`);
}
