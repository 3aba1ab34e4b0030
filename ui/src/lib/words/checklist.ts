/** How items of checklists look and read. */
import type { DecidedBy, ItemStatus, PersonAnswer, ReadinessItem } from '$lib/api/bindings';
import type { Look } from '$lib/design/status';

export const ITEM_STATUS = {
  holds: { tone: 'good', shape: 'circle', fill: 'solid', label: 'holds' },
  'does-not-hold': { tone: 'bad', shape: 'circle', fill: 'notch', label: 'does not hold' },
  'not-applicable': { tone: 'quiet', shape: 'circle', fill: 'slash', label: 'not applicable' },
  open: { tone: 'attention', shape: 'circle', fill: 'dotted', label: 'open' },
  overdue: { tone: 'attention', shape: 'bar', fill: 'half', label: 'overdue' },
} as const satisfies Record<ItemStatus, Look>;

export const DECIDED_BY = {
  fact: 'seen by Lastgood',
  person: 'answered by a person',
  nobody: 'nobody knows',
} as const satisfies Record<DecidedBy, string>;

export const PERSON_ANSWER = {
  yes: 'Yes, it is so',
  no: 'No, it is not',
  'not-applicable': 'It does not concern this service',
} as const satisfies Record<PersonAnswer, string>;

export type Which = 'all' | 'todo';

/** What somebody still has to look at, or mend. */
export function isTodo(item: ReadinessItem): boolean {
  return item.status === 'open' || item.status === 'overdue' || item.status === 'does-not-hold';
}
