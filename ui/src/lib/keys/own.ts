/** Which commands the bar shows on which view. What means something everywhere is on all of them. */
import type { Route } from '$lib/format/route';
import type { CommandId, Place } from './commands';

/** What leads out of where one is, and what names everything else: never crowded out by other keys. */
export const ALWAYS: readonly CommandId[] = ['back', 'palette', 'help'];

/** The places whose commands are about the view itself. */
export const OWN = {
  board: ['board', 'releases'],
  releases: ['releases'],
  blame: ['releases'],
  plan: ['plan'],
  run: ['run', 'timeline'],
  runs: [],
  timeline: ['timeline'],
  debrief: ['timeline'],
  replay: ['timeline'],
  drills: ['drills'],
  checklists: [],
  marks: [],
  judge: [],
  schema: [],
  settings: [],
  connections: [],
  runbooks: [],
} as const satisfies Record<Route['view'], readonly Place[]>;

/** Is a command of `place` one of this view? */
export function isOwn(view: Route['view'], place: Place): boolean {
  const own: readonly Place[] = OWN[view];
  return place === 'everywhere' || place === 'list' || own.includes(place);
}
