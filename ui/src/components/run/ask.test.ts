import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import App from '../../App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { NOW } from '$lib/api/fixtures/releases';
import { run } from '$lib/api/fixtures/run';
import type { RunView } from '$lib/api/bindings';
import { GUARD_MS } from '$lib/keys/guard';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** After an abort: what was done can be taken back, or left. */
const ended: RunView = {
  ...run,
  current: null,
  steps: run.steps.map((step) => ({ ...step, current: false })),
  ask: {
    step: null,
    kind: 'undo',
    question: 'Take back what was done?',
    detail: 'Stop the rollout',
    answers: [
      { kind: 'undo', option: null, label: 'Take it back', key: 'u', needs: { is: 'nothing' }, primary: false },
      { kind: 'leave', option: null, label: 'Leave it as it is', key: 'l', needs: { is: 'reason' }, primary: false },
    ],
  },
};

async function open(view: RunView): Promise<{ said: () => unknown[]; press: (key: string) => Promise<void>; confirm: () => Promise<void> }> {
  const engine = new FakeEngine(view);
  let steady = 0;
  location.hash = '#/run/r-7f3c';
  render(App, { client: engine, startedAt: NOW, machine: { steady: () => steady } });
  await settle();
  const press = async (key: string, more: KeyboardEventInit = {}): Promise<void> => {
    await fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
    await settle();
  };
  return {
    said: () => engine.asked.filter((asked) => asked.name === 'answer').map((asked) => asked.request),
    press,
    confirm: async () => {
      steady += GUARD_MS;
      await press('Enter', { ctrlKey: true });
    },
  };
}

beforeEach(() => {
  localStorage.clear();
  location.hash = '';
});

it('skips the step with S, once it was said why', async () => {
  const window = await open(run);
  await window.press('s');
  await window.confirm();
  expect(window.said(), 'no reason yet').toEqual([]);
  await fireEvent.input(screen.getByLabelText('Reason'), { target: { value: 'it was done by hand' } });
  await window.confirm();
  expect(window.said()).toMatchObject([{ kind: 'skip', step: 'restore', text: 'it was done by hand' }]);
});

it('takes back what was done with R, behind a gate that names it, by key and by mouse', async () => {
  const window = await open(ended);
  await window.press('r');
  expect(screen.getByRole('dialog').textContent).toMatch(/checkout in production.*Stop the rollout/s);
  expect(window.said(), 'the key alone changes nothing').toEqual([]);
  await window.press('Escape');
  await fireEvent.click(screen.getByRole('button', { name: /^Take it back/ }));
  expect(window.said(), 'nor does the button').toEqual([]);
  await window.confirm();
  expect(window.said()).toMatchObject([{ kind: 'undo', step: null, text: null }]);
});

it('leaves what was done with X, once it was said why', async () => {
  const window = await open(ended);
  await window.press('x');
  await window.confirm();
  expect(window.said(), 'no reason yet').toEqual([]);
  await fireEvent.input(screen.getByLabelText('Reason'), { target: { value: 'the old release is good' } });
  await window.confirm();
  expect(window.said()).toMatchObject([{ kind: 'leave', text: 'the old release is good' }]);
});
