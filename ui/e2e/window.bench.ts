/** How the real window does against its budgets: cold start, memory, idle processor, keys. Needs a display and `LASTGOOD_DESKTOP_BIN`. */
import { realpathSync, statSync } from 'node:fs';
import { test } from '@playwright/test';
import { at, say } from './measure';
import { beganAt, family, memory, openWindow, ticks, type Window } from './webdriver';

const PROGRAM = process.env['LASTGOOD_DESKTOP_BIN'];
const STARTS = 5;
/** How long a window with a run stands before its memory is looked at again; a working day is 480. */
const SOAK_MINUTES = Number(process.env['LASTGOOD_SOAK_MINUTES'] ?? '2');

const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** From the start of its process until the page has painted, and until the board has its lanes. */
async function started(window: Window): Promise<{ paint: number; board: number }> {
  const began = beganAt(window.process);
  const [paint, board] = await window.run<[number, number]>(`
    const until = async (found) => { for (;;) { const value = found(); if (value) return value; await new Promise((next) => requestAnimationFrame(next)); } };
    const first = await until(() => performance.getEntriesByName('first-contentful-paint')[0]);
    await until(() => document.querySelector('[data-lane]'));
    return [performance.timeOrigin + first.startTime, Date.now()];
  `);
  return { paint: paint - began, board: board - began };
}

/** Asks the engine as the page does. */
function ask<Answer>(window: Window, command: string, request: unknown): Promise<Answer> {
  return window.run<Answer>('return window.__TAURI_INTERNALS__.invoke(args[0], { request: args[1] });', command, request);
}

interface Row {
  place: { service: string; environment: string };
  release: { id: string };
  suspect: boolean;
}

/** Starts the drill's run, and shows it. */
async function startRun(window: Window): Promise<void> {
  await ask(window, 'drill', { scenario: 'bad-canary', seed: 1, speed: 60 });
  for (;;) {
    const { deploys } = await ask<{ deploys: Row[] }>(window, 'releases', { service: null, environment: null, before: null, limit: 50 });
    const row = deploys.find((each) => each.suspect);
    if (row === undefined) {
      await rest(500);
      continue;
    }
    const plan = await ask<{ hash: string }>(window, 'plan', { place: row.place, target: 'last-good', runbook: null, inputs: {} });
    const { run } = await ask<{ run: string }>(window, 'start', { hash: plan.hash, overrides: [] });
    await window.run('location.hash = args[0]; while (!document.querySelector("[role=log] .line")) await new Promise((next) => setTimeout(next, 50));', `#/run/${run}`);
    return;
  }
}

async function keyToPaint(window: Window, keys: string[]): Promise<number[]> {
  await window.run(`
    window.seen = [];
    addEventListener('keydown', () => {
      const began = performance.now();
      requestAnimationFrame(() => requestAnimationFrame(() => window.seen.push(performance.now() - began)));
    }, { capture: true });
  `);
  for (let time = 0; time < 40; time += 1) {
    await window.press(keys[time % keys.length] ?? 'j');
    await rest(60);
  }
  return window.run<number[]>('return window.seen;');
}

test('the real window', async () => {
  test.setTimeout((SOAK_MINUTES + 10) * 60_000);
  if (PROGRAM === undefined || process.env['DISPLAY'] === undefined) {
    console.log('  the real window: skipped; it needs LASTGOOD_DESKTOP_BIN and a display');
    return;
  }
  const program = realpathSync(PROGRAM);
  say('window: its program', `${(statSync(program).size / 1024 / 1024).toFixed(0)} MiB`, '25 MiB');
  const paints: number[] = [];
  const boards: number[] = [];
  for (let time = 0; time < STARTS; time += 1) {
    const window = await openWindow(program);
    try {
      const { paint, board } = await started(window);
      paints.push(paint);
      boards.push(board);
    } finally {
      await window.close();
    }
  }
  say(`window: cold start to first paint, median of ${STARTS}`, `${at(paints, 0.5).toFixed(0)} ms`, '800 ms, 1.5 s without a GPU');
  say(`window: cold start to a usable board, median of ${STARTS}`, `${at(boards, 0.5).toFixed(0)} ms`, '1.2 s, 2.5 s without a GPU');

  const window = await openWindow(program);
  try {
    await started(window);
    await rest(10_000);
    const idle = memory(family(window.process));
    const before = ticks(family(window.process));
    await rest(10_000);
    const share = (ticks(family(window.process)) - before) / 10;
    say('window: memory (PSS) of all processes, idle', `${idle.toFixed(0)} MiB`, '300 MiB');
    say('window: processor, idle', `${share.toFixed(1)} % of a core`, '1 %');
    const trips = await window.run<number[]>(`
      const took = [];
      for (let time = 0; time < 200; time += 1) {
        const began = performance.now();
        await window.__TAURI_INTERNALS__.invoke('marks', { request: {} });
        took.push(performance.now() - began);
      }
      return took;
    `);
    say('window: a question to the engine and back, p95', `${at(trips, 0.95).toFixed(0)} ms`, '5 ms');
    say('window: key to paint, idle, p95', `${at(await keyToPaint(window, ['j', 'k']), 0.95).toFixed(0)} ms`, '50 ms');
    say('window: nodes of the board', String(await window.run<number>('return document.querySelectorAll("*").length;')), '1,500');

    await startRun(window);
    await rest(5000);
    const running = memory(family(window.process));
    say('window: memory (PSS) of all processes, in a run', `${running.toFixed(0)} MiB`, '450 MiB');
    await rest(SOAK_MINUTES * 60_000);
    const soaked = memory(family(window.process));
    const growth = (soaked / running - 1) * 100;
    say(`window: the same ${SOAK_MINUTES} min later`, `${soaked.toFixed(0)} MiB, ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} %`, '+10 % after 8 h');
  } finally {
    await window.close();
  }
});
