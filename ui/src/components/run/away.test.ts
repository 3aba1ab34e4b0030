import { describe, expect, it, vi } from 'vitest';
import { fireEvent, render, screen } from '@testing-library/svelte';
import App from '../../App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { NOW } from '$lib/api/fixtures/releases';
import { run } from '$lib/api/fixtures/run';
import { Away, AWAY_MS } from '$lib/state/away.svelte';
import { finished } from './finished';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** A page that can be hidden, and a clock that goes on by hand. */
function stage(): { page: Document; hide: (hidden: boolean) => void; pass: (ms: number) => void; wall: () => number } {
  let now = 1_000_000;
  let hidden = false;
  const page = document.implementation.createHTMLDocument();
  Object.defineProperty(page, 'hidden', { get: () => hidden });
  return {
    page,
    wall: () => now,
    pass: (ms) => (now += ms),
    hide: (is) => {
      hidden = is;
      page.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

describe('an absence', () => {
  it('is noticed when the window was hidden for a minute, with what was there when it began', () => {
    const { page, hide, pass, wall } = stage();
    let step = 'a';
    const away = new Away(wall, () => step);
    const stop = away.start(page);
    hide(true);
    pass(AWAY_MS - 1);
    hide(false);
    expect(away.absence, 'a glance elsewhere').toBeUndefined();
    hide(true);
    step = 'b';
    pass(372_000);
    hide(false);
    expect(away.absence).toEqual({ ms: 372_000, was: 'a' });
    away.seen();
    expect(away.absence).toBeUndefined();
    stop();
  });

  it('is noticed when the machine slept with the window in sight', () => {
    vi.useFakeTimers();
    const { page, pass, wall } = stage();
    const away = new Away(wall, () => 'a');
    const stop = away.start(page);
    pass(5_000);
    vi.advanceTimersByTime(5_000);
    expect(away.absence).toBeUndefined();
    pass(600_000);
    vi.advanceTimersByTime(5_000);
    expect(away.absence?.ms).toBe(600_000);
    stop();
    vi.useRealTimers();
  });
});

describe('a run that somebody else drives', () => {
  const held = { ...run, ask: null, driven_by: 'li', sentence: 'Step 4 of 9 is waiting for li: Shift traffic' };

  it('can be read, and taken over with a reason; nothing else', async () => {
    location.hash = `#/run/${run.run}`;
    const engine = new FakeEngine(held, { runs: () => [] });
    render(App, { client: engine, startedAt: NOW });
    await settle();
    await settle();
    const region = screen.getByRole('region', { name: 'Somebody else drives this run' });
    expect(region.textContent).toContain('li drives this run');
    await fireEvent.keyDown(document.body, { key: 'h' });
    expect(engine.asked.filter((each) => each.name === 'order')).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Take over' }));
    await fireEvent.input(screen.getByLabelText('Reason'), { target: { value: ' li sleeps ' } });
    await new Promise((done) => setTimeout(done, 450));
    await fireEvent.click(screen.getByRole('dialog').querySelector('[data-primary]')!);
    await settle();
    expect(engine.asked.filter((each) => each.name === 'take_over').map((each) => each.request)).toEqual([{ run: run.run, reason: 'li sleeps' }]);
  });

  it('tells which steps are over', () => {
    expect(finished(undefined)).toEqual([]);
    expect(finished(run).every((each) => each.title !== '')).toBe(true);
  });
});
