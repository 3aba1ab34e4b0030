import { expect, it } from 'vitest';
import { fireEvent, render, within } from '@testing-library/svelte';
import App from '../../App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { NOW } from '$lib/api/fixtures/releases';
import { run } from '$lib/api/fixtures/run';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

async function shown(earlier: number): Promise<void> {
  location.hash = `#/run/${run.run}`;
  render(App, { client: new FakeEngine({ ...run, log_earlier: earlier }, { runs: () => [] }), startedAt: NOW });
  await settle();
  await settle();
}

it('a log says how much came before what it shows, and leads to it', async () => {
  await shown(57);
  const log = document.querySelector<HTMLElement>('[aria-label="Log"]')!;
  expect(log.textContent).toMatch(/57 earlier entries of the journal, not shown here\./);
  await fireEvent.click(within(log).getByText('The whole timeline'));
  expect(location.hash).toBe(`#/timeline/${run.run}`);
});

it('a log says nothing of what came before where there is nothing', async () => {
  await shown(0);
  expect(document.querySelector<HTMLElement>('[aria-label="Log"]')!.textContent).not.toMatch(/earlier entr/);
});
