/** What the screens of judgement say, in one place. A value without a word does not compile. */
import type {
  Action,
  BlameVerdict,
  ChangeKind,
  Crossing,
  Dialect,
  Doubt,
  HealthState,
  Label,
  Lock,
  MarkKind,
  ProbeFound,
  Way,
} from '$lib/api/bindings';
import type { Look, Tone } from '$lib/design/status';
import { count } from '$lib/format/text';
import { duration } from '$lib/format/time';

export const BLAME = {
  culprit: { tone: 'bad', mark: '▲', label: 'Culprit' },
  suspected: { tone: 'attention', mark: '◆', label: 'Suspected, not proven' },
  'none-explains': { tone: 'plain', mark: '○', label: 'No change explains this' },
  'not-in-breach': { tone: 'good', mark: '✔', label: 'Nothing to explain' },
} as const satisfies Record<BlameVerdict, { tone: Tone; mark: string; label: string }>;

export const CHANGE = {
  deploy: 'deploy',
  configuration: 'configuration',
  flag: 'flag',
  migration: 'migration',
} as const satisfies Record<ChangeKind, string>;

export const WAY = {
  'flag-off': 'Turn a flag off',
  'shift-traffic': 'Shift the traffic',
  'roll-back': 'Roll back',
  'roll-forward': 'Roll forward',
  wait: 'Wait',
} as const satisfies Record<Way, string>;

export const MARK = {
  good: { act: 'Mark good', done: 'can be gone back to', hint: 'What proves it: how long it served, under which load.' },
  faulty: { act: 'Mark faulty', done: 'must not be gone back to', hint: 'What it does wrong, and since when.' },
  none: { act: 'Take the mark back', done: 'is judged by its evidence again', hint: 'Why the mark does not hold any more.' },
} as const satisfies Record<MarkKind, { act: string; done: string; hint: string }>;

export const ACTION = {
  continue: { tone: 'good', mark: '●', label: 'Go on with the rollout' },
  wait: { tone: 'plain', mark: '○', label: 'Wait: nothing is shown yet' },
  pause: { tone: 'attention', mark: '◆', label: 'Pause: send it no more traffic' },
  'roll-back': { tone: 'bad', mark: '▲', label: 'Roll back' },
  'do-not-roll-back': { tone: 'attention', mark: '◆', label: 'Do not roll back for this' },
} as const satisfies Record<Action, { tone: Tone; mark: string; label: string }>;

export const CROSSING = {
  pause: 'the new release breaks the objective: pause',
  'baseline-loud': 'the old release is not quiet either',
  shared: 'both break the objective: shared',
  'rollback-by-ratio': 'the new release is worse than the old one: roll back',
  'rollback-by-objective': 'the new release alone breaks the objective: roll back',
} as const satisfies Record<Crossing, string>;

export const LABEL = {
  compatible: { tone: 'good', shape: 'circle', fill: 'solid', label: 'Compatible' },
  probe: { tone: 'attention', shape: 'corner', fill: 'half', label: 'Probe' },
  opaque: { tone: 'attention', shape: 'circle', fill: 'dotted', label: 'Opaque' },
  breaks: { tone: 'bad', shape: 'circle', fill: 'notch', label: 'Breaks' },
  loses: { tone: 'bad', shape: 'square', fill: 'notch', label: 'Loses' },
} as const satisfies Record<Label, Look>;

/** What the worst label means for the release before the migrations. */
export const WORST = {
  compatible: 'The release before these can run on this schema.',
  probe: 'The release before these can run only while the questions below find no row.',
  opaque: 'Whether the release before these can run, a person must read.',
  breaks: 'The release before these breaks on this schema: mend forward, or take the change back by a reviewed migration first.',
  loses: 'Data is gone or was overwritten: going back does not restore it, a backup does.',
} as const satisfies Record<Label, string>;

export const LOCK = {
  brief: 'locks the table for a moment',
  writers: 'stops writers while it works',
  scan: 'locks the table while it reads all of it',
  rewrite: 'locks the table while it rewrites all of it',
} as const satisfies Record<Lock, string>;

export const FOUND = {
  empty: { tone: 'good', shape: 'circle', fill: 'solid', label: 'No row' },
  row: { tone: 'bad', shape: 'circle', fill: 'notch', label: 'A row' },
  unknown: { tone: 'attention', shape: 'circle', fill: 'dotted', label: 'Not asked' },
} as const satisfies Record<ProbeFound, Look>;

export const DIALECT = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL, MariaDB',
  sqlite: 'SQLite',
} as const satisfies Record<Dialect, string>;

export const HEALTH = {
  burning: { tone: 'bad', mark: '▲', label: 'burning' },
  unknown: { tone: 'attention', mark: '○', label: 'not known' },
  'no-objective': { tone: 'quiet', mark: '–', label: 'no objective' },
  within: { tone: 'good', mark: '●', label: 'within SLO' },
} as const satisfies Record<HealthState, { tone: Tone; mark: string; label: string }>;

/** A doubt in words, as the end of a sentence. */
export function doubtWords(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'no-data':
      return 'the query found no data';
    case 'no-traffic':
      return 'there was no traffic';
    case 'stale':
      return `the newest sample is ${duration(doubt.age)} old`;
    case 'frozen':
      return 'the numbers have stopped moving';
    case 'partial':
      return `only a part answered: ${doubt.why}`;
    case 'ambiguous':
      return `more than one series matches: ${doubt.why}`;
    case 'cumulative':
      return 'these look like counters that grow, and each row must hold what happened in its own tick: give the differences of a row and the one before';
    case 'unknown-origin':
      return 'a series began at an unknown value';
    case 'too-few':
      return `only ${count(doubt.have)} requests, ${count(doubt.need)} are needed`;
    case 'bad-query':
      return `the query is at fault: ${doubt.why}`;
    case 'unreachable':
      return `no answer: ${doubt.why}`;
    case 'unauthorised':
      return `not allowed to ask: ${doubt.why}`;
  }
}
