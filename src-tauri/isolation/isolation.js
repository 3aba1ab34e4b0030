// Every message from the page of the window to the engine passes through here, in a frame that shares
// nothing with the page. Only what is on this list goes on; a test keeps it equal to the command
// table. What is not goes on as a command that nobody was granted, so that the page is answered.
const COMMANDS = new Set([
  'workspace',
  'releases',
  'release',
  'plan',
  'plan_exercise',
  'plan_fit',
  'plan_drills',
  'preflight',
  'start',
  'decline',
  'runs',
  'run',
  'resume',
  'take_over',
  'answer',
  'order',
  'timeline',
  'annotate',
  'replay',
  'debrief',
  'rehearsals',
  'checklist',
  'attest',
  'follow_ups',
  'attach',
  'attachment',
  'export',
  'save',
  'import',
  'imported',
  'import_entries',
  'drill',
  'presenter',
  'present',
  'leave_drill',
  'doctor',
  'health',
  'blame',
  'marks',
  'mark',
  'lock',
  'unlock',
  'judge',
  'texts',
  'lint',
  'schema',
]);
/** What is asked without a request of the table: its own names, with their keys. */
const OTHERS = new Map([
  ['watch_run', ['run', 'channel']],
  ['unwatch_run', ['channel']],
  ['compact_run', ['run']],
  ['full_run', ['run']],
  ['ask_to_leave', ['channel']],
  ['leave', ['sure']],
  ['set_calls', ['calls']],
  ['try_call', []],
  ['plugin:__TAURI_CHANNEL__|fetch', []],
  ['plugin:webview|set_webview_zoom', ['label', 'value']],
]);

function keysOf(payload) {
  return typeof payload === 'object' && payload !== null && !ArrayBuffer.isView(payload) ? Object.keys(payload) : [];
}

function known({ cmd, payload }) {
  const keys = keysOf(payload);
  if (COMMANDS.has(cmd)) return keys.length === 1 && keys[0] === 'request';
  const wanted = OTHERS.get(cmd);
  return wanted !== undefined && keys.every((key) => wanted.includes(key));
}

window.__TAURI_ISOLATION_HOOK__ = (message) => (known(message) ? message : { ...message, cmd: 'refused', payload: {} });
