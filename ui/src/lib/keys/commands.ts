/**
 * Every binding of the window. This table feeds the bar, the `?` help and the
 * palette; nothing else may listen to keys.
 */

/** Where a command means something. */
export type Place = 'everywhere' | 'list' | 'board' | 'releases' | 'plan' | 'run' | 'timeline' | 'drills';

/**
 * What pressing it does to the outside world. A single letter never `changes` it;
 * only the hold key `stops`, and stopping is always safe.
 */
export type Consequence = 'none' | 'opens-a-gate' | 'stops' | 'changes';

export interface KeyCommand {
  /** Chords such as `Ctrl+k`, `Shift+H`, `j`; any of them triggers it. Empty: palette only. */
  keys: readonly string[];
  label: string;
  /** The word in the bar; `null` keeps it out of the bar. */
  bar: string | null;
  place: Place;
  consequence: Consequence;
}

export const COMMANDS = {
  primary: {
    keys: ['Ctrl+Enter'],
    label: 'Do the one thing this screen offers',
    bar: 'confirm',
    place: 'everywhere',
    consequence: 'changes',
  },
  hold: {
    keys: ['h'],
    label: 'Hold the run before its next step',
    bar: 'hold',
    place: 'everywhere',
    consequence: 'stops',
  },
  next: { keys: ['j', 'ArrowDown'], label: 'Next', bar: 'next', place: 'list', consequence: 'none' },
  previous: { keys: ['k', 'ArrowUp'], label: 'Previous', bar: 'previous', place: 'list', consequence: 'none' },
  first: { keys: ['Home'], label: 'First', bar: null, place: 'list', consequence: 'none' },
  last: { keys: ['End'], label: 'Last', bar: null, place: 'list', consequence: 'none' },
  'page-down': { keys: ['PageDown'], label: 'Ten further', bar: null, place: 'list', consequence: 'none' },
  'page-up': { keys: ['PageUp'], label: 'Ten back', bar: null, place: 'list', consequence: 'none' },
  'plan-rollback': {
    keys: ['r'],
    label: 'Plan a rollback of this release',
    bar: 'plan rollback',
    place: 'releases',
    consequence: 'none',
  },
  compare: { keys: ['c'], label: 'Compare this release with the one before it', bar: 'compare', place: 'releases', consequence: 'none' },
  // The brackets need a third key on many keyboards; comma and full stop are on all of them.
  'older-release': { keys: ['[', ','], label: 'Previous release of the service', bar: null, place: 'releases', consequence: 'none' },
  'newer-release': { keys: [']', '.'], label: 'Next release of the service', bar: null, place: 'releases', consequence: 'none' },
  'copy-release': { keys: ['y'], label: 'Copy this release as one line', bar: null, place: 'releases', consequence: 'none' },
  rehearse: { keys: ['d'], label: 'Rehearse this plan in a drill', bar: 'rehearse', place: 'plan', consequence: 'opens-a-gate' },
  right: { keys: ['ArrowRight'], label: 'Next deploy in this lane', bar: 'deploys', place: 'board', consequence: 'none' },
  left: { keys: ['ArrowLeft'], label: 'Previous deploy in this lane', bar: null, place: 'board', consequence: 'none' },
  'zoom-in': { keys: ['+', '='], label: 'A shorter time', bar: 'shorter', place: 'board', consequence: 'none' },
  'zoom-out': { keys: ['-'], label: 'A longer time', bar: 'longer', place: 'board', consequence: 'none' },
  earlier: { keys: ['Shift+ArrowLeft'], label: 'Earlier', bar: null, place: 'board', consequence: 'none' },
  later: { keys: ['Shift+ArrowRight'], label: 'Later', bar: null, place: 'board', consequence: 'none' },
  fit: { keys: ['0'], label: 'Back to now', bar: 'back to now', place: 'board', consequence: 'none' },
  sort: { keys: ['w'], label: 'Sort again, worst first', bar: 'sort', place: 'board', consequence: 'none' },
  blame: { keys: ['b'], label: 'Ask what caused it', bar: 'what caused it', place: 'releases', consequence: 'none' },
  mark: { keys: ['m'], label: 'Mark this release good or faulty', bar: 'mark', place: 'releases', consequence: 'opens-a-gate' },
  lock: {
    keys: ['o'],
    label: 'Lock this release out, or lift its lock',
    bar: 'lock',
    place: 'releases',
    consequence: 'opens-a-gate',
  },
  filter: { keys: ['f', '/', 'Ctrl+f'], label: 'Filter this list', bar: 'filter', place: 'list', consequence: 'none' },
  'clear-filter': { keys: ['Shift+F'], label: 'Clear the filter of the board', bar: null, place: 'board', consequence: 'none' },
  reload: { keys: ['u'], label: 'Ask the sources again', bar: 'ask again', place: 'list', consequence: 'none' },
  checks: { keys: ['c'], label: 'Read the checks before the first change', bar: 'checks', place: 'plan', consequence: 'none' },
  'current-step': { keys: ['.'], label: 'Back to the current step', bar: 'current step', place: 'run', consequence: 'none' },
  log: { keys: ['l'], label: 'Log in full height', bar: 'log', place: 'run', consequence: 'none' },
  wrap: { keys: ['w'], label: 'Long lines of the log in one line, or wrapped', bar: null, place: 'run', consequence: 'none' },
  table: { keys: ['t'], label: 'The charts as tables of numbers, or drawn', bar: null, place: 'run', consequence: 'none' },
  skip: { keys: ['s'], label: 'Skip this step, with a reason', bar: 'skip', place: 'run', consequence: 'opens-a-gate' },
  'take-back': {
    keys: ['r'],
    label: 'Take back what was done, where the run asks that',
    bar: 'take back',
    place: 'run',
    consequence: 'opens-a-gate',
  },
  'leave-as-is': {
    keys: ['x'],
    label: 'Leave what was done as it is, where the run asks that, with a reason',
    bar: 'leave it',
    place: 'run',
    consequence: 'opens-a-gate',
  },
  abort: {
    keys: ['Shift+H'],
    label: 'Abort the run and decide about what it did',
    bar: 'abort',
    place: 'run',
    consequence: 'opens-a-gate',
  },
  compact: { keys: ['Ctrl+Shift+M'], label: 'This run in a small window', bar: null, place: 'run', consequence: 'none' },
  'copy-status': { keys: ['Ctrl+Shift+C'], label: 'Copy the status as one line', bar: null, place: 'run', consequence: 'none' },
  'copy-link': {
    keys: ['Ctrl+Shift+L'],
    label: 'Copy a link to this run or release',
    bar: null,
    place: 'everywhere',
    consequence: 'none',
  },
  note: { keys: ['n'], label: 'Write a note into the timeline', bar: 'note', place: 'everywhere', consequence: 'opens-a-gate' },
  debrief: { keys: ['d'], label: 'Debrief: what took how long, and what was decided', bar: 'debrief', place: 'timeline', consequence: 'none' },
  export: { keys: ['x'], label: 'Export the timeline', bar: 'export', place: 'timeline', consequence: 'none' },
  replay: { keys: ['y'], label: 'See the run again, at any speed', bar: 'replay', place: 'timeline', consequence: 'none' },
  import: { keys: ['i'], label: 'Import what other systems say', bar: 'import', place: 'list', consequence: 'opens-a-gate' },
  present: { keys: ['e'], label: 'Present this drill: let things happen, stop it, hurry it', bar: 'present', place: 'run', consequence: 'opens-a-gate' },
  star: { keys: ['s'], label: 'Give this entry a star, or take it away', bar: 'star', place: 'timeline', consequence: 'none' },
  amend: { keys: ['e'], label: 'Amend this entry: another text or time, beside what it first said', bar: 'amend', place: 'timeline', consequence: 'opens-a-gate' },
  'leave-out': {
    keys: ['o'],
    label: 'Leave this entry out of what people read, or show it again',
    bar: 'leave out',
    place: 'timeline',
    consequence: 'opens-a-gate',
  },
  point: {
    keys: ['m'],
    label: 'Mark a point of the incident: detected, mitigated, resolved',
    bar: 'mark a point',
    place: 'timeline',
    consequence: 'opens-a-gate',
  },
  play: { keys: ['t'], label: 'Play or stand still', bar: 'play', place: 'timeline', consequence: 'none' },
  attest: { keys: ['a'], label: 'Answer this item of a checklist', bar: 'answer', place: 'list', consequence: 'opens-a-gate' },
  waiting: { keys: ['g'], label: 'Go to what waits for you', bar: 'what waits', place: 'everywhere', consequence: 'none' },
  'go-board': { keys: ['1'], label: 'Board', bar: null, place: 'everywhere', consequence: 'none' },
  'go-run': { keys: ['2'], label: 'Run', bar: null, place: 'everywhere', consequence: 'none' },
  'go-timeline': { keys: ['3'], label: 'Timeline', bar: null, place: 'everywhere', consequence: 'none' },
  'go-drills': { keys: ['4'], label: 'Drills', bar: null, place: 'everywhere', consequence: 'none' },
  'go-runs': { keys: ['5'], label: 'All runs', bar: null, place: 'everywhere', consequence: 'none' },
  'go-releases': { keys: ['6'], label: 'Releases', bar: null, place: 'everywhere', consequence: 'none' },
  'go-marks': { keys: ['7'], label: 'Marks', bar: null, place: 'everywhere', consequence: 'none' },
  'go-judge': { keys: ['8'], label: 'Judge', bar: null, place: 'everywhere', consequence: 'none' },
  'go-schema': { keys: ['9'], label: 'Schema', bar: null, place: 'everywhere', consequence: 'none' },
  'go-connections': { keys: ['q'], label: 'Connections', bar: null, place: 'everywhere', consequence: 'none' },
  'go-runbooks': { keys: ['p'], label: 'Runbooks', bar: null, place: 'everywhere', consequence: 'none' },
  'go-checklists': { keys: ['v'], label: 'Checklists', bar: null, place: 'everywhere', consequence: 'none' },
  'go-settings': { keys: ['Ctrl+,'], label: 'Settings', bar: null, place: 'everywhere', consequence: 'none' },
  'next-problem': { keys: ['F8'], label: 'Next finding in the text', bar: 'next finding', place: 'list', consequence: 'none' },
  'previous-problem': { keys: ['Shift+F8'], label: 'Previous finding in the text', bar: null, place: 'list', consequence: 'none' },
  'next-region': { keys: ['F6'], label: 'Next part of the window', bar: null, place: 'everywhere', consequence: 'none' },
  'previous-region': { keys: ['Shift+F6'], label: 'Previous part of the window', bar: null, place: 'everywhere', consequence: 'none' },
  'went-from': { keys: ['Alt+ArrowLeft'], label: 'Back to where you were', bar: null, place: 'everywhere', consequence: 'none' },
  back: { keys: ['Escape'], label: 'Close the top layer', bar: 'close', place: 'everywhere', consequence: 'none' },
  palette: { keys: ['Ctrl+k'], label: 'Everything, by name', bar: 'everything', place: 'everywhere', consequence: 'none' },
  help: { keys: ['?'], label: 'Keys of this view', bar: 'keys', place: 'everywhere', consequence: 'none' },
  larger: { keys: ['Ctrl++', 'Ctrl+='], label: 'Everything larger', bar: null, place: 'everywhere', consequence: 'none' },
  smaller: { keys: ['Ctrl+-'], label: 'Everything smaller', bar: null, place: 'everywhere', consequence: 'none' },
  'plain-size': { keys: ['Ctrl+0'], label: 'Everything in its plain size', bar: null, place: 'everywhere', consequence: 'none' },
  'theme-system': { keys: [], label: 'Theme: follow the system', bar: null, place: 'everywhere', consequence: 'none' },
  'theme-dark': { keys: [], label: 'Theme: dark', bar: null, place: 'everywhere', consequence: 'none' },
  'theme-light': { keys: [], label: 'Theme: light', bar: null, place: 'everywhere', consequence: 'none' },
  density: { keys: [], label: 'Rows: compact or regular', bar: null, place: 'everywhere', consequence: 'none' },
  'single-letters': {
    keys: [],
    label: 'Single-letter keys: on or off',
    bar: null,
    place: 'everywhere',
    consequence: 'none',
  },
} as const satisfies Record<string, KeyCommand>;

export type CommandId = keyof typeof COMMANDS;

export const COMMAND_IDS = Object.keys(COMMANDS) as CommandId[];

/** A command as it is shipped. A person may have moved its key: `commandOf` in `keymap.svelte.ts` knows. */
export function shippedCommand(id: CommandId): KeyCommand {
  return COMMANDS[id];
}

/** Places that are never on the screen together; everything else may be. */
const ALONE: readonly Place[] = ['board', 'releases', 'plan', 'run', 'timeline', 'drills'];

/** Can commands of both places mean something on one screen? A lane of the board is a release as well. */
export function meets(one: Place, other: Place): boolean {
  return (
    one === other ||
    !ALONE.includes(one) ||
    !ALONE.includes(other) ||
    (['board', 'releases'].includes(one) && ['board', 'releases'].includes(other))
  );
}

/** A chord of one printable character without Ctrl: the kind a person may turn off (WCAG 2.1.4). */
export function isSingleCharacter(chord: string): boolean {
  return chord.replace(/^Shift\+/, '').length === 1;
}
