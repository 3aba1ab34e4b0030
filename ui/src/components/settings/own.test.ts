import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { FakeEngine } from '$lib/api/fake';
import { NOW } from '$lib/api/fixtures/releases';
import { COMMAND_IDS } from '$lib/keys/commands';
import { commandOf, conflict, isMovable, sound, spelled, useKeys } from '$lib/keys/keymap.svelte';
import { inHours } from '$lib/format/time';
import { Prefs } from '$lib/state/prefs.svelte';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

async function open(hash = '#/settings'): Promise<void> {
  location.hash = hash;
  render(App, { client: new FakeEngine(undefined, { runs: () => [] }), startedAt: NOW });
  await settle();
}

describe('a key of one’s own', () => {
  beforeEach(() => {
    localStorage.clear();
    useKeys({});
  });

  it('is refused in a sentence where it would do two things on one screen', () => {
    expect(conflict('go-runbooks', 'v', {})).toBe('It does something else on the same screen: “Checklists”. Give that another key first, or turn it off.');
    expect(conflict('go-runbooks', 'v', { 'go-checklists': '' }), 'what is off is free').toBeUndefined();
    expect(conflict('debrief', 'e', {}), 'amend is on the timeline as well').toContain('Amend this entry');
    expect(conflict('rehearse', 's', {}), 'what is never on one screen may share a key').toBeUndefined();
  });

  it('is one character, and never what changes the outside world', () => {
    expect(conflict('note', 'Enter', {})).toContain('one character');
    expect(conflict('note', ' ', {})).toContain('one character');
    expect(COMMAND_IDS.filter((id) => isMovable(id) && commandOf(id).consequence === 'changes')).toEqual([]);
    expect(conflict('hold', '', {})).toContain('stopping is always one key away');
    expect(spelled('X')).toBe('Shift+X');
  });

  it('is forgotten where what was kept makes no sense, and kept where two changed places', () => {
    expect(sound({ note: 'v', nothing: 'q', primary: 'q', mark: 3 })).toEqual({});
    const swapped = { 'go-checklists': 'p', 'go-runbooks': 'v' };
    expect(sound(swapped)).toEqual(swapped);
    localStorage.setItem('lastgood.keys', '{');
    expect(new Prefs(localStorage).keys).toEqual({});
  });

  it('acts at once, is drawn wherever the key is named, and is there again in the next window', async () => {
    await open();
    await fireEvent.click(screen.getByRole('button', { name: 'Move or turn off single keys' }));
    const row = within(document.querySelector<HTMLElement>('[data-command="go-runbooks"]')!);
    await fireEvent.click(row.getByRole('button', { name: /^Change the key of/ }));
    await fireEvent.input(row.getByLabelText('Key for: Runbooks'), { target: { value: 'v' } });
    expect(row.getByText(/“Checklists”/)).toBeTruthy();
    await fireEvent.input(row.getByLabelText('Key for: Runbooks'), { target: { value: 'z' } });
    await fireEvent.click(row.getByRole('button', { name: 'Take this key' }));
    await fireEvent.click(screen.getByRole('button', { name: /^Close/ }));
    expect([...document.querySelectorAll('nav button')].find((each) => each.textContent.includes('Runbooks'))?.textContent).toContain('Z');
    await fireEvent.keyDown(document.body, { key: 'p' });
    expect(location.hash, 'the old key does nothing').toBe('#/settings');
    await fireEvent.keyDown(document.body, { key: 'z' });
    expect(location.hash).toContain('#/runbooks');
    expect(new Prefs(localStorage).keys).toEqual({ 'go-runbooks': 'z' });
  });

  it('can be turned off and taken back', async () => {
    await open();
    await fireEvent.click(screen.getByRole('button', { name: 'Move or turn off single keys' }));
    const row = within(document.querySelector<HTMLElement>('[data-command="go-checklists"]')!);
    await fireEvent.click(row.getByRole('button', { name: /^Turn the key off/ }));
    expect(commandOf('go-checklists').keys).toEqual([]);
    await fireEvent.click(row.getByRole('button', { name: /^The shipped key again/ }));
    expect(commandOf('go-checklists').keys).toEqual(['v']);
    await fireEvent.click(within(document.querySelector<HTMLElement>('[data-command="hold"]')!).getByRole('button', { name: /^Turn the key off/ }));
    expect(screen.getByText(/stopping is always one key away/)).toBeTruthy();
  });
});

describe('how times are written', () => {
  beforeEach(() => localStorage.clear());

  it('counts the hours of local times as the person does', () => {
    expect(['00:05:09', '11:59', '12:00:00', '19:42:07'].map((clock) => inHours(clock, '12'))).toEqual(['12:05:09 am', '11:59 am', '12:00:00 pm', '7:42:07 pm']);
    expect(inHours('19:42:07', undefined)).toBe('19:42:07');
  });

  it('reads UTC first where the person wants it, in every time on screen', async () => {
    localStorage.setItem('lastgood.zone', 'Asia/Tokyo');
    await open();
    const time = (): string => screen.getByText('Reads').nextElementSibling?.textContent.trim() ?? '';
    expect(time()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ .*\d\d:\d\d:\d\d UTC$/);
    await fireEvent.click(screen.getByLabelText('UTC'));
    expect(time()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC .*\d\d:\d\d:\d\d \S+$/);
    await fireEvent.click(screen.getByLabelText('12 h'));
    expect(time()).toMatch(/\d{1,2}:\d\d:\d\d (am|pm) \S+$/);
    expect(new Prefs(localStorage).hours).toBe('12');
  });
});
