import { fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet, type Component } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { doubtful, failed, manual, run, availability, verifying } from '$lib/api/fixtures/run';
import { detail, deploys, NOW, noTarget } from '$lib/api/fixtures/releases';
import { blockedPlan, planSteps } from '$lib/api/fixtures/plan';
import { consequencesOf } from '$components/plan/consequences';
import Findings from '$components/plan/Findings.svelte';
import Candidates from '$components/release/Candidates.svelte';
import ReleaseTable from '$components/release/ReleaseTable.svelte';
import { found } from '$components/release/find';
import { deployKey } from '$components/release/key';
import { plot } from '$components/run/plot';
import AskPanel from '$components/run/AskPanel.svelte';
import TypedGate from '$components/run/TypedGate.svelte';
import Button from '$shared/Button.svelte';
import Primary from '$shared/Primary.svelte';
import ProblemNotice from '$shared/ProblemNotice.svelte';
import Time from '$shared/Time.svelte';
import { GUARD_MS } from '$lib/keys/guard';
import { Keyboard } from '$lib/keys/keyboard.svelte';
import Stand from './Stand.svelte';

interface Stood {
  keys: Keyboard;
  /** Moves the steady clock. */
  pass: (ms: number) => void;
}

/** Renders a component with a keyboard, a clock and a zone around it. */
function stand<Props extends Record<string, unknown>>(component: Component<Props>, props: Props, zone = 'Europe/Madrid'): Stood {
  let steady = 0;
  const keys = new Keyboard(() => steady);
  render(Stand, {
    props: {
      component: component as Component<Record<string, unknown>>,
      inside: props,
      keys,
      ambient: { now: NOW, zone },
    },
  });
  return { keys, pass: (ms) => (steady += ms) };
}

const words = (text: string): ReturnType<typeof createRawSnippet> => createRawSnippet(() => ({ render: () => `<span>${text}</span>` }));
const press = (key: string, more: KeyboardEventInit = {}): KeyboardEvent =>
  new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });

describe('the primary button', () => {
  const props = (onpress: () => void, unavailable?: string) => ({
    label: 'Bring back 2026.11.3',
    name: 'checkout in production',
    gate: 'restore/1',
    onpress,
    unavailable,
  });

  it('ignores Ctrl+Enter and clicks for 400 ms after it appeared', async () => {
    const done = vi.fn();
    const { keys, pass } = stand(Primary, props(done));
    keys.press(press('Enter', { ctrlKey: true }));
    await fireEvent.click(screen.getByRole('button'));
    expect(done, 'too soon to be meant').not.toHaveBeenCalled();
    pass(GUARD_MS);
    keys.press(press('Enter', { ctrlKey: true }));
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('is never pressed by Enter alone', async () => {
    const { pass } = stand(Primary, props(vi.fn()));
    pass(GUARD_MS);
    const kept = await fireEvent.keyDown(screen.getByRole('button'), { key: 'Enter' });
    expect(kept, 'the browser would turn it into a click').toBe(false);
  });

  it('names the target in full and says why it cannot be pressed', () => {
    stand(Primary, props(vi.fn(), 'The engine is not answering.'));
    const button = screen.getByRole('button', { name: /Bring back 2026\.11\.3.*checkout in production/ });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByText('The engine is not answering.')).toBeTruthy();
  });
});

describe('a button that cannot act', () => {
  it('stays reachable, says why, and does nothing', async () => {
    const done = vi.fn();
    stand(Button as unknown as Component<Record<string, unknown>>, { onpress: done, unavailable: 'Held by li.', children: words('Retry') });
    const button = screen.getByRole('button');
    await fireEvent.click(button);
    expect(done).not.toHaveBeenCalled();
    expect(button.hasAttribute('disabled')).toBe(false);
    expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toBe('Held by li.');
  });
});

describe('what a run asks', () => {
  const step = run.steps[2]!;
  const asked = (view: typeof run, onanswer = vi.fn()) => {
    const stood = stand(AskPanel, {
      ask: view.ask!,
      step: view.steps.find((each) => each.current),
      place: view.place,
      simulated: false,
      unavailable: undefined,
      onanswer,
      onhold: vi.fn(),
    });
    return { ...stood, onanswer };
  };

  it('is confirmed with the step that asked', () => {
    const { keys, pass, onanswer } = asked(run);
    pass(GUARD_MS);
    keys.press(press('Enter', { ctrlKey: true }));
    expect(onanswer).toHaveBeenCalledWith({ step: 'restore', kind: 'confirm', option: null, text: null });
  });

  it('in doubt offers all three rulings, and a ruling needs a reason', async () => {
    const { onanswer } = asked(doubtful);
    expect(screen.getByRole('button', { name: /^Look again/ })).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: /^It did not happen/ }));
    expect(onanswer, 'a reason comes first').not.toHaveBeenCalled();
    expect(screen.getByRole('dialog')).toBeTruthy();
    expect(screen.getByLabelText('Reason')).toBeTruthy();
  });

  it('after a failure shows the reason of the world and offers to try again', () => {
    asked(failed);
    expect(screen.getByText(/image is not signed/)).toBeTruthy();
    expect(document.querySelectorAll('[data-primary]')).toHaveLength(1);
  });

  it('by hand wants what was seen, not a tick', async () => {
    const { keys, pass, onanswer } = asked(manual);
    pass(GUARD_MS);
    keys.press(press('Enter', { ctrlKey: true }));
    expect(onanswer).not.toHaveBeenCalled();
    await fireEvent.input(screen.getByLabelText('Link of the message'), { target: { value: 'chat/123' } });
    keys.press(press('Enter', { ctrlKey: true }));
    expect(onanswer).toHaveBeenCalledWith({ step: 'tell', kind: 'performed', option: null, text: 'chat/123' });
  });

  it('asks for the name of the service where there is no way back', () => {
    const onanswer = vi.fn();
    const { keys, pass } = stand(AskPanel, {
      ask: run.ask!,
      step: { ...step, undo: null, reversibility: 'irreversible' as const },
      place: run.place,
      simulated: false,
      unavailable: undefined,
      onanswer,
      onhold: vi.fn(),
    });
    pass(GUARD_MS);
    keys.press(press('Enter', { ctrlKey: true }));
    expect(onanswer).not.toHaveBeenCalled();
  });
});

describe('a typed gate', () => {
  it('opens only for the exact name, and refuses paste', async () => {
    const done = vi.fn();
    const { keys, pass } = stand(TypedGate, {
      act: 'Drop payer_ref',
      consequence: 'There is no way back.',
      word: 'checkout',
      where: 'checkout in production',
      simulated: false,
      onclose: vi.fn(),
      onconfirm: done,
    });
    pass(GUARD_MS);
    const field = screen.getByLabelText('Type checkout to go on');
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    field.dispatchEvent(paste);
    expect(paste.defaultPrevented, 'typing the name is the pause').toBe(true);
    await fireEvent.input(field, { target: { value: 'Checkout' } });
    keys.press(press('Enter', { ctrlKey: true }));
    expect(done).not.toHaveBeenCalled();
    await fireEvent.input(field, { target: { value: 'checkout' } });
    keys.press(press('Enter', { ctrlKey: true }));
    expect(done).toHaveBeenCalledTimes(1);
  });
});

describe('the releases', () => {
  it('write "not recorded" where nobody recorded anything', () => {
    const ledger = deploys.filter((row) => row.place.service === 'ledger');
    stand(ReleaseTable, { rows: ledger, selected: null, onopen: vi.fn() });
    expect(screen.getAllByText('not recorded').length, 'commit, digest, changes, schema, flags, way back, actor').toBe(7);
  });

  it('are few in the document however many there are, and readers are told how many', () => {
    const many = Array.from({ length: 2000 }, (_, at) => ({ ...deploys[0]!, at: deploys[0]!.at - at }));
    stand(ReleaseTable, { rows: many, selected: null, onopen: vi.fn() });
    const table = screen.getByRole('table');
    expect(table.getAttribute('aria-rowcount'), 'the heading counts').toBe('2001');
    const drawn = screen.getAllByRole('row');
    expect(drawn.length).toBeLessThan(40);
    expect(drawn.map((row) => row.getAttribute('aria-rowindex'))).toEqual(drawn.map((_, at) => String(at + 1)));
    const stops = drawn.flatMap((row) => [...row.querySelectorAll('a')]).filter((link) => link.tabIndex === 0);
    expect(stops.length, 'Tab stops at one row').toBe(1);
  });

  it('keep the selected one in the document, wherever the eye is', () => {
    const many = Array.from({ length: 2000 }, (_, at) => ({ ...deploys[0]!, at: deploys[0]!.at - at }));
    stand(ReleaseTable, { rows: many, selected: deployKey(many[1500]!), onopen: vi.fn() });
    expect(document.querySelector('tr.selected')?.getAttribute('aria-rowindex')).toBe('1502');
  });

  it('are found by any words on the row, in any order', () => {
    const names = (query: string): string[] => found(deploys, query).map((row) => `${row.place.service} ${row.release.version}`);
    expect(names('')).toHaveLength(deploys.length);
    expect(names('SUSPECT checkout')).toEqual(['checkout 2026.11.4']);
    expect(names('keys identity')).toEqual(['identity 4.19.1']);
    expect(names('li rolled')).toEqual(['checkout 2026.11.2']);
    expect(names('checkout nowhere')).toEqual([]);
  });

  it('show strings from outside as text only', () => {
    const [row] = deploys;
    stand(ReleaseTable, {
      rows: [{ ...row!, release: { ...row!.release, changelog: '<img src=x onerror=alert(1)>' } }],
      selected: null,
      onopen: vi.fn(),
    });
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getByText(/onerror/)).toBeTruthy();
  });
});

describe('candidates to go back to', () => {
  it('are chosen by nobody beforehand, and a rejected one cannot be chosen', () => {
    stand(Candidates, { candidates: detail.candidates, target: detail.target, because: detail.because, onpick: vi.fn() });
    const radios = screen.getAllByRole<HTMLInputElement>('radio');
    expect(radios.filter((radio) => radio.checked)).toEqual([]);
    expect(radios.map((radio) => radio.disabled)).toEqual([false, false, true, true]);
    expect(screen.getByText('proposed')).toBeTruthy();
    expect(screen.getAllByText('Not this one:')).toHaveLength(2);
  });

  it('are shown in part when they are many, and all on demand', async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...detail.candidates[0]!,
      release: { ...detail.candidates[0]!.release, id: `r${index}`, version: `v${index}` },
    }));
    stand(Candidates, { candidates: many, target: 'r0', because: 'the last that served', chosen: 'r20', onpick: vi.fn() });
    expect(screen.getAllByRole('radio').map((radio) => radio.getAttribute('value')), 'the chosen one is always there').toEqual([
      'r0', 'r1', 'r2', 'r3', 'r20',
    ]);
    await fireEvent.click(screen.getByRole('button', { name: /Show all 30/ }));
    expect(screen.getAllByRole('radio')).toHaveLength(30);
  });

  it('say so when there is none', () => {
    stand(Candidates, { candidates: noTarget.candidates, target: null, because: noTarget.because });
    expect(screen.getByText(/No release can be gone back to/)).toBeTruthy();
  });
});

describe('a plan', () => {
  it('lists what it does not restore, and how each change is taken back', () => {
    const { will, not, undo } = consequencesOf(blockedPlan);
    expect(will).toContain('image: checkout 2026.11.4 → checkout 2026.11.3');
    expect(not).toEqual(blockedPlan.not_restored);
    expect(undo, 'one line for each step that changes something').toHaveLength(planSteps.filter((step) => step.effect).length);
  });

  it('puts the blocking finding first and asks for a reason', () => {
    stand(Findings, { findings: blockedPlan.findings, reasons: {}, onreason: vi.fn() });
    expect(screen.getAllByRole('listitem')[0]?.textContent).toContain('Block');
    expect(screen.getByLabelText(/Reason to override: migration 0188/)).toBeTruthy();
  });
});

describe('a chart', () => {
  it('leaves a gap where nothing was measured', () => {
    const drawn = plot(availability.points, availability.budget, [], 312, 92);
    expect(drawn.line.match(/M/g), 'one gap, so two strokes').toHaveLength(2);
  });

  it('draws nothing false without data', () => {
    expect(plot([], 0.005, [], 312, 92).line).toBe('');
  });
});

describe('time on the screen', () => {
  it('is local and UTC together', () => {
    stand(Time, { at: verifying.now });
    expect(document.querySelector('time')?.textContent).toMatch(/19:42:07 \S+ 18:42:07 UTC/);
  });

  it.each(['clock', 'full', 'stacked'] as const)('is said once where the two are one, as %s', (form) => {
    stand(Time, { at: verifying.now, form }, 'UTC');
    const text = document.querySelector('time')?.textContent ?? '';
    expect(text.match(/18:42:07\s+UTC/g), text).toHaveLength(1);
    expect(text.match(/18:42:07/g), 'the same clock twice would say nothing more').toHaveLength(1);
  });
});

describe('a problem', () => {
  it('shows heading, chain, hint and code', () => {
    stand(ProblemNotice, {
      problem: { code: 'drifted' as const, chain: ['the step was not done', 'the image has changed'], hint: 'Plan again.' },
    });
    for (const text of ['The step was not done', 'the image has changed', 'Plan again.', 'drifted']) {
      expect(screen.getByText(text), text).toBeTruthy();
    }
  });
});
