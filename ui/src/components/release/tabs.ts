/** The blocks of a release, and which one was looked at last. */
import { Kept } from '$lib/state/kept';

export const TABS = [
  { id: 'changed', label: 'What changed' },
  { id: 'health', label: 'Health' },
  { id: 'back', label: 'Way back' },
  { id: 'around', label: 'Dependencies' },
  { id: 'raw', label: 'Raw' },
] as const;
export type Tab = (typeof TABS)[number]['id'];

const kept = (): Kept => new Kept(sessionStorage, 'release');

export function keptTab(): Tab {
  const was = kept().read()['tab'];
  return TABS.find((tab) => tab.id === was)?.id ?? 'changed';
}

export function keepTab(tab: Tab): void {
  kept().write({ tab });
}

/** What the next release that is opened begins with: its comparison in sight, or the focus on its tabs. */
type Arrival = 'as-it-is' | 'compared' | 'focused';
let arrival: Arrival = 'as-it-is';

export function arriveWith(how: Arrival): void {
  arrival = how;
  if (how === 'compared') keepTab('changed');
}

/** How this release was arrived at; told once. */
export function takeArrival(): Arrival {
  const was = arrival;
  arrival = 'as-it-is';
  return was;
}
