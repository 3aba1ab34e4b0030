/** The rules of the window that no other test holds, and the guide's table of all of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import App from './App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { NOW } from '$lib/api/fixtures/releases';
import { run, RUNS } from '$lib/api/fixtures/run';
import { OVER, RUN_STATUS, STEP_STATUS } from '$lib/design/status';
import { GUARD_MS } from '$lib/keys/guard';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** Opens the run on an engine; returns what moves the steady clock. */
async function open(engine: FakeEngine): Promise<(ms: number) => void> {
  location.hash = '#/run/r-7f3c';
  let steady = 0;
  render(App, { client: engine, startedAt: NOW, machine: { steady: () => steady } });
  await settle();
  return (ms) => (steady += ms);
}

beforeEach(() => {
  localStorage.clear();
  location.hash = '';
});

describe('the window', () => {
  it('shows what was, what is and what will be, in every state of a run', async () => {
    for (const [name, view] of Object.entries(RUNS)) {
      await open(new FakeEngine(view));
      expect(document.querySelector('.strip')?.textContent, `${name}: what is`).toContain(view.sentence);
      const rail = document.querySelector('.rail')?.textContent ?? '';
      for (const step of view.steps) expect(rail, `${name}: ${step.title}`).toContain(step.title);
      expect(screen.getByRole('log').textContent, `${name}: what was`).toContain(view.log.at(-1)?.text);
      cleanup();
    }
  });

  it('says that it was sent, and takes nothing for done before the engine says so', async () => {
    const engine = new FakeEngine(run, { answer: () => new Promise(() => undefined) });
    const pass = await open(engine);
    const before = document.querySelector('.rail')?.textContent;
    pass(GUARD_MS);
    await fireEvent.keyDown(document.body, { key: 'Enter', ctrlKey: true });
    await settle();
    expect(engine.asked.filter(({ name }) => name === 'answer').length).toBe(1);
    expect(screen.getByText('Sent; waiting for the engine.', { selector: '[role=status]' })).toBeTruthy();
    expect(document.querySelector('.rail')?.textContent, 'no step has moved').toBe(before);
  });

  it('says every status in a word and a shape of its own, not by colour alone', () => {
    for (const table of [RUN_STATUS, STEP_STATUS] as Record<string, { label: string }>[]) {
      const words = Object.values(table).map((look) => look.label);
      expect(words.every((word) => word.trim() !== ''), words.join()).toBe(true);
      expect(new Set(words).size, 'no two are told by one word').toBe(words.length);
    }
    expect(Object.keys(OVER).sort()).toEqual(Object.keys(RUN_STATUS).sort());
  });

  it('disables nothing without a reason', () => {
    const files = readdirSync(join(process.cwd(), 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svelte'));
    const silent = files.filter((file) => {
      const text = readFileSync(join(process.cwd(), 'src', file), 'utf8');
      return [...text.matchAll(/\sdisabled[\s=>{]/g)].some(({ index }) => {
        const tag = text.slice(text.lastIndexOf('<', index), text.indexOf('/>', index));
        return !tag.includes('aria-describedby');
      });
    });
    expect(files.length).toBeGreaterThan(50);
    expect(silent, 'what cannot be used names what says why; Button with `unavailable` does').toEqual([]);
  });
});

it('the guide names a test for each of the fifteen rules, and each is there', () => {
  const root = join(process.cwd(), '..');
  const guide = readFileSync(join(root, 'docs/guide/window.md'), 'utf8');
  const rows = [...guide.matchAll(/^\| (\d+) \| [^|]+ \| ([^|]+) \|$/gm)];
  expect(rows.map((row) => Number(row[1]))).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
  for (const [, number, held] of rows)
    for (const [, file, name] of (held ?? '').matchAll(/`([^`]+)`: ([^;|]+)/g))
      expect(readFileSync(join(root, file ?? ''), 'utf8'), `rule ${number}, ${file}`).toContain((name ?? '').trim());
});
