import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { Refused } from '$lib/api/client';
import { FakeEngine } from '$lib/api/fake';
import { NOW } from '$lib/api/fixtures/releases';
import type { Caller, Calls } from '$lib/api/windows';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
const EVERYTHING: Calls = { real: 'again', practice: 'again', ended: false, sound: true };

/** Opens the settings; returns what the host was told. */
async function open(show: Caller['show'] = () => Promise.resolve()): Promise<Calls[]> {
  location.hash = '#/settings';
  const told: Calls[] = [];
  render(App, { client: new FakeEngine(), startedAt: NOW, caller: { set: (calls: Calls) => void told.push(calls), show } });
  await settle();
  return told;
}

async function pick(group: string, choice: string): Promise<void> {
  await fireEvent.click(within(screen.getByRole('group', { name: group })).getByLabelText(choice));
}

describe('what calls a person', () => {
  beforeEach(() => localStorage.clear());

  it('is everything that needs one, until somebody says otherwise', async () => {
    expect(await open()).toEqual([EVERYTHING]);
  });

  it('is told to the host when it changes, and when the window opens again', async () => {
    const told = await open();
    await pick('When a drill waits for me', 'never');
    await pick('When a run waits for me', 'at once');
    await pick('When a run has ended', 'quietly');
    await pick('Sound', 'without');
    const wanted = { real: 'once', practice: 'never', ended: true, sound: false };
    expect(told.at(-1)).toEqual(wanted);
    cleanup();
    expect(await open(), 'it was kept').toEqual([wanted]);
  });

  it('falls back to everything where what was kept makes no sense', async () => {
    localStorage.setItem('lastgood.call.real', 'hourly');
    expect(await open()).toEqual([EVERYTHING]);
  });

  it('says what follows when a run calls nobody', async () => {
    await open();
    await pick('When a run waits for me', 'never');
    expect(screen.getByText(/A run then waits until somebody looks/)).toBeTruthy();
  });

  it('can be tried, and a desktop that shows nothing is said with what to do instead', async () => {
    await open();
    await fireEvent.click(screen.getByRole('button', { name: /Show one now/ }));
    await settle();
    expect(screen.getByText('The desktop took it.')).toBeTruthy();
    cleanup();
    const problem = { code: 'unreachable' as const, chain: ['this desktop shows no notification', 'no bus'], hint: 'Keep the window in sight.' };
    await open(() => Promise.reject(new Refused(problem)));
    await fireEvent.click(screen.getByRole('button', { name: /Show one now/ }));
    await settle();
    expect(screen.getByText(/this desktop shows no notification/i)).toBeTruthy();
    expect(screen.queryByText('The desktop took it.')).toBeNull();
  });

  it('is said to be nothing in a browser', async () => {
    location.hash = '#/settings';
    render(App, { client: new FakeEngine(), startedAt: NOW });
    await settle();
    expect(screen.getByText(/A browser tab calls nobody/)).toBeTruthy();
  });
});
