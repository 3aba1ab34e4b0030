import { render, within } from '@testing-library/svelte';
import App from '../../App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { NOW } from '$lib/api/fixtures/releases';
import { run, timeline } from '$lib/api/fixtures/run';
import { expect, test } from 'vitest';
import type { LineView } from '$lib/api/bindings';
import Stand from '$components/Stand.svelte';
import { Keyboard } from '$lib/keys/keyboard.svelte';
import EntryRow from './EntryRow.svelte';

const NOTE: LineView = {
  id: 'n3',
  seq: 3,
  at: 0,
  recorded_at: 0,
  kind: 'note',
  source: { kind: 'person', name: 'ana' },
  phase: null,
  step: null,
  text: 'The **pool** of `db-1`\n\n<b>twice</b>',
  markdown: true,
  said: [
    [
      { as: 'text', text: 'The ' },
      { as: 'strong', text: 'pool' },
      { as: 'text', text: ' of ' },
      { as: 'code', text: 'db-1' },
    ],
    [{ as: 'text', text: '<b>twice</b>' }],
  ],
  reason: null,
  evidence: [],
  zone: null,
  origin: null,
  original: null,
  hidden: null,
  starred: false,
  edits: [],
};

function shown(line: LineView): HTMLElement {
  const inside = { line, at: 0, of: 1, picked: false, onpick: () => undefined };
  const ambient = { now: 0, zone: 'Europe/Madrid' };
  return render(Stand, { component: EntryRow as never, inside, keys: new Keyboard(() => 0), ambient }).container;
}

test('a note is shown as the Markdown that it is, and HTML in it is text', () => {
  const row = shown(NOTE);
  expect(row.querySelector('strong')?.textContent).toBe('pool');
  expect(row.querySelector('code')?.textContent).toBe('db-1');
  expect(within(row).getByText('<b>twice</b>').querySelector('b')).toBeNull();
  expect(row.textContent).not.toContain('**');
});

test('a long time of which nothing is recorded stands before what ended it', async () => {
  location.hash = `#/timeline/${run.run}`;
  const lines = timeline.lines.map((line, at) => (at === 1 ? { ...line, quiet: 14 * 60_000 } : line));
  render(App, { client: new FakeEngine(run, { timeline: () => ({ ...timeline, lines }) }), startedAt: NOW });
  await expect.poll(() => document.querySelector('[data-quiet]')?.textContent).toBe('nothing is recorded for 14:00');
  expect(document.querySelectorAll('[data-quiet]')).toHaveLength(1);
  expect(document.querySelector('[data-quiet]')?.nextElementSibling?.getAttribute('data-entry')).toBe(timeline.lines[1]?.id);
});
