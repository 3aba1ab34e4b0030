/** The status grammar: shape says who acts, fill says when, the word says what. Colour comes last. */
import type {
  CheckOutcome,
  DeployOutcome,
  Grade,
  LineKind,
  Phase,
  RunStatus,
  Standing,
  StepStatus,
  Verdict,
} from '$lib/api/bindings';

export type Tone = 'quiet' | 'plain' | 'active' | 'you' | 'good' | 'attention' | 'bad';
/** circle: the machine; diamond: you confirm; square: by hand; corner: verification; bar: waiting. */
export type Shape = 'circle' | 'diamond' | 'square' | 'corner' | 'bar';
/** hollow: will; half: is; solid: has; notch: failed; slash: passed over; dotted: nobody knows. */
export type Fill = 'hollow' | 'half' | 'solid' | 'notch' | 'slash' | 'dotted';

interface Word {
  tone: Tone;
  label: string;
}
export interface Look extends Word {
  shape: Shape;
  fill: Fill;
}

/** How each status of a step looks and reads; a status without a row does not compile. */
export const STEP_STATUS = {
  will: { tone: 'quiet', fill: 'hollow', label: 'Not started' },
  working: { tone: 'active', fill: 'half', label: 'Running' },
  'needs-you': { tone: 'you', fill: 'half', label: 'Waiting for you' },
  held: { tone: 'attention', fill: 'half', label: 'Held' },
  'in-doubt': { tone: 'attention', fill: 'dotted', label: 'In doubt' },
  done: { tone: 'good', fill: 'solid', label: 'Done' },
  failed: { tone: 'bad', fill: 'notch', label: 'Failed' },
  skipped: { tone: 'attention', fill: 'slash', label: 'Skipped' },
  accepted: { tone: 'attention', fill: 'solid', label: 'Accepted' },
  'not-needed': { tone: 'quiet', fill: 'slash', label: 'Not needed' },
  'passed-over': { tone: 'quiet', fill: 'slash', label: 'Passed over' },
} as const satisfies Record<StepStatus, Word & { fill: Fill }>;

/** Can nothing more happen in a step with this status? */
export const STEP_OVER = {
  will: false,
  working: false,
  'needs-you': false,
  held: false,
  'in-doubt': false,
  done: true,
  failed: true,
  skipped: true,
  accepted: true,
  'not-needed': true,
  'passed-over': true,
} as const satisfies Record<StepStatus, boolean>;

export type StepKind = 'judge' | 'act' | 'check' | 'decide' | 'wait' | 'verify' | 'manual' | 'note';

export const STEP_KIND = {
  judge: { shape: 'corner', label: 'judge' },
  act: { shape: 'circle', label: 'change' },
  check: { shape: 'circle', label: 'check' },
  decide: { shape: 'diamond', label: 'decide' },
  wait: { shape: 'bar', label: 'wait' },
  verify: { shape: 'corner', label: 'verify' },
  manual: { shape: 'square', label: 'by hand' },
  note: { shape: 'circle', label: 'note' },
} as const satisfies Record<StepKind, { shape: Shape; label: string }>;

export const STANDING = {
  serving: { tone: 'active', shape: 'circle', fill: 'half', label: 'Serving' },
  soaking: { tone: 'active', shape: 'bar', fill: 'half', label: 'Soaking' },
  good: { tone: 'good', shape: 'circle', fill: 'solid', label: 'Good' },
  faulty: { tone: 'bad', shape: 'circle', fill: 'notch', label: 'Faulty' },
  'rolled-back': { tone: 'attention', shape: 'circle', fill: 'slash', label: 'Rolled back' },
  unknown: { tone: 'quiet', shape: 'circle', fill: 'dotted', label: 'Unknown' },
} as const satisfies Record<Standing, Look>;

export const OUTCOME = {
  'in-progress': { tone: 'active', label: 'in progress' },
  completed: { tone: 'plain', label: 'completed' },
  failed: { tone: 'bad', label: 'failed' },
  'rolled-back': { tone: 'attention', label: 'rolled back' },
  unknown: { tone: 'quiet', label: 'outcome unknown' },
} as const satisfies Record<DeployOutcome, Word>;

export const GRADE = {
  pass: { tone: 'good', shape: 'circle', fill: 'solid', label: 'Pass' },
  warn: { tone: 'attention', shape: 'diamond', fill: 'half', label: 'Warn' },
  block: { tone: 'bad', shape: 'square', fill: 'notch', label: 'Block' },
  unknown: { tone: 'attention', shape: 'circle', fill: 'dotted', label: 'Unknown' },
} as const satisfies Record<Grade, Look>;

export const VERDICT = {
  pass: { tone: 'good', label: 'pass', mark: '●' },
  fail: { tone: 'bad', label: 'fail', mark: '▲' },
  inconclusive: { tone: 'attention', label: 'inconclusive', mark: '◆' },
  shared: { tone: 'attention', label: 'shared, both are bad', mark: '◆' },
  error: { tone: 'attention', label: 'not measured', mark: '○' },
} as const satisfies Record<Verdict, Word & { mark: string }>;

export const CHECK = {
  passed: { tone: 'good', shape: 'circle', fill: 'solid', label: 'Passed' },
  failed: { tone: 'bad', shape: 'circle', fill: 'notch', label: 'Failed' },
  unasked: { tone: 'attention', shape: 'circle', fill: 'dotted', label: 'Not asked' },
} as const satisfies Record<CheckOutcome, Look>;

export const PHASES = [
  { id: 'detect', label: 'Detect' },
  { id: 'stop', label: 'Stop' },
  { id: 'roll-back', label: 'Roll back' },
  { id: 'verify', label: 'Verify' },
  { id: 'capture', label: 'Capture' },
] as const satisfies { id: Phase; label: string }[];

export const RUN_STATUS = {
  working: { tone: 'active', shape: 'circle', fill: 'half', label: 'Running' },
  'needs-you': { tone: 'you', shape: 'diamond', fill: 'half', label: 'Waiting for you' },
  held: { tone: 'attention', shape: 'bar', fill: 'half', label: 'Held' },
  interrupted: { tone: 'attention', shape: 'circle', fill: 'dotted', label: 'Interrupted' },
  recovered: { tone: 'good', shape: 'circle', fill: 'solid', label: 'Recovered' },
  ended: { tone: 'attention', shape: 'circle', fill: 'slash', label: 'Ended' },
  newer: { tone: 'quiet', shape: 'circle', fill: 'dotted', label: 'Read only' },
  unreadable: { tone: 'bad', shape: 'circle', fill: 'slash', label: 'Damaged' },
} as const satisfies Record<RunStatus, Look>;

/** How a run looks. What one asks that somebody else drives is asked of them. */
export function runLook(run: { status: RunStatus; driven_by?: string }): Look {
  const look = RUN_STATUS[run.status];
  return waitsForYou(run) || run.status !== 'needs-you' ? look : { ...look, tone: 'plain', label: `Waiting for ${run.driven_by}` };
}

/** Is it asked here? */
export function waitsForYou(run: { status: RunStatus; driven_by?: string }): boolean {
  return run.status === 'needs-you' && run.driven_by === undefined;
}

/** Can anything still happen in a run with this status? */
export const OVER = {
  working: false,
  'needs-you': false,
  held: false,
  interrupted: false,
  recovered: true,
  ended: true,
  newer: true,
  unreadable: true,
} as const satisfies Record<RunStatus, boolean>;

export const LINE_KIND = {
  run: { shape: 'bar', fill: 'hollow', tone: 'quiet', label: 'run' },
  signal: { shape: 'corner', fill: 'hollow', tone: 'plain', label: 'signal' },
  decision: { shape: 'diamond', fill: 'solid', tone: 'plain', label: 'decision' },
  action: { shape: 'circle', fill: 'solid', tone: 'active', label: 'action' },
  note: { shape: 'square', fill: 'hollow', tone: 'plain', label: 'note' },
} as const satisfies Record<LineKind, Look>;
