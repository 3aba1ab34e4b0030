import { cleanup, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import App from '../../App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { NOW } from '$lib/api/fixtures/releases';
import { held } from '$lib/api/fixtures/run';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

async function words(hash: string, engine = new FakeEngine()): Promise<string[]> {
  location.hash = hash;
  render(App, { client: engine, startedAt: NOW, machine: { steady: () => 0 } });
  await settle();
  const bar = screen.getByRole('group', { name: 'Keys that mean something now' });
  const found = [...bar.querySelectorAll('button span:last-child')].map((each) => each.textContent);
  cleanup();
  return found;
}

beforeEach(() => {
  localStorage.clear();
  location.hash = '';
});

it('has on each view the commands of that view, and none of another', async () => {
  expect(await words('#/board')).toContain('what caused it');
  for (const hash of ['#/settings', '#/drills', '#/marks', '#/run/r-7f3c', '#/timeline/r-7f3c']) expect(await words(hash), hash).not.toContain('what caused it');
  expect(await words('#/run/r-7f3c')).toEqual(expect.arrayContaining(['confirm', 'hold', 'log', 'skip', 'abort']));
  expect(await words('#/settings')).not.toContain('log');
});

it('leaves out what is not to be had now, and keeps what leads out to the last', async () => {
  expect(await words('#/run/r-7f3c', new FakeEngine(held)), 'held already').not.toContain('hold');
  expect(await words('#/timeline/r-7f3c'), 'no entry was gone to').not.toContain('star');
  for (const hash of ['#/releases/checkout/production/checkout-2026.11.4', '#/plan/checkout/production/a/b'])
    expect((await words(hash)).slice(-3), hash).toEqual(['close', 'everything', 'keys']);
});
