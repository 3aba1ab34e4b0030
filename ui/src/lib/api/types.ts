/**
 * The shapes the engine sends and accepts, as its own types say them. Views are
 * complete: a newer one replaces an older one whole, and nothing here is folded.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;
export type Millis = number;

export type Phase = 'detect' | 'stop' | 'roll-back' | 'verify' | 'capture';
export type Strategy = 'rolling' | 'blue-green' | 'canary';
export type Reversibility = 'read-only' | 'reversible' | 'irreversible';
export type DeployOutcome = 'in-progress' | 'completed' | 'failed' | 'rolled-back' | 'unknown';
export type Standing = 'serving' | 'soaking' | 'good' | 'faulty' | 'rolled-back' | 'unknown';
export type Grade = 'pass' | 'warn' | 'unknown' | 'block';
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'error' | 'shared';
export type CheckOutcome = 'passed' | 'failed' | 'unasked';
export type Role = 'forward' | 'undo';

export interface Problem {
  code: string;
  /** One sentence per layer, from what was tried down to the cause; never empty. */
  chain: string[];
  hint: string | null;
}

export interface Place {
  service: string;
  environment: string;
}
export interface Link {
  title: string;
  url: string;
}
export interface Finding {
  subject: string;
  grade: Grade;
  sentence: string;
  mend: string | null;
}
export interface Call {
  system: string;
  scope: string;
  verb: string;
  target: string;
  body: string | null;
}
export interface Change {
  what: string;
  before: string;
  after: string;
}
export interface EffectView {
  operation: string;
  call: Call;
  changes: Change[];
}

// ---------------------------------------------------------------- releases

export interface FlagView {
  name: string;
  value: string;
}
export type Rollback = { command: string } | { runbook: string };
export interface ReleaseView {
  id: string;
  version: string;
  artifact: string;
  digest: string | null;
  commit: string | null;
  changelog: string | null;
  schema_version: string | null;
  flags: FlagView[] | null;
  rollback: Rollback | null;
  cost: number | null;
}
export interface DeployRow {
  place: Place;
  release: ReleaseView;
  strategy: Strategy;
  at: EpochMs;
  ended_at: EpochMs | null;
  actor: string | null;
  outcome: DeployOutcome;
  standing: Standing;
  evidence: string;
  running: boolean;
  suspect: boolean;
}
export type RolloutState =
  | { is: 'settled' }
  | { is: 'progressing' }
  | { is: 'halted' }
  | { is: 'stuck'; why: string }
  | { is: 'unknown'; why: string };
export interface RunningView {
  place: Place;
  sentence: string | null;
  rollout: RolloutState | null;
  version: string | null;
  owner: string | null;
  escalation: string | null;
  dashboards: Link[];
  runbook: string | null;
}
export interface ReleasesView {
  at: EpochMs;
  deploys: DeployRow[];
  more: boolean;
  running: RunningView[];
  doubts: string[];
}
export interface Objection {
  gate: 'not-serving' | 'completed' | 'not-rolled-back' | 'baked' | 'pinned';
  why: string;
}
export interface CandidateView {
  release: ReleaseView;
  standing: Standing;
  evidence: string;
  offered: boolean;
  objections: Objection[];
  undoes: string[];
}
export interface ReleaseDetail {
  deploy: DeployRow;
  running: string;
  target: string | null;
  because: string;
  candidates: CandidateView[];
}

// ---------------------------------------------------------------- plan

export interface PlanStepView {
  id: string;
  title: string;
  phase: Phase;
  kind: string;
  why: string | null;
  what: string;
  expect: string | null;
  when: string | null;
  confirm: boolean;
  reversibility: Reversibility;
  effect: EffectView | null;
  undo: EffectView | null;
  timeout: Millis | null;
}
export interface PlanView {
  hash: string;
  title: string;
  runbook: string;
  place: Place;
  coordinates: string;
  strategy: Strategy;
  from: ReleaseView;
  to: ReleaseView;
  because: string;
  steps: PlanStepView[];
  findings: Finding[];
  worst: Grade;
  not_restored: string[];
  running: string;
  drill: string | null;
  made_at: EpochMs;
}

// ---------------------------------------------------------------- run

export interface Counts {
  total: number;
  bad: number;
}
export interface Point {
  at: EpochMs;
  rate: number | null;
}
export type Doubt =
  | { kind: 'no-data' }
  | { kind: 'no-traffic' }
  | { kind: 'stale'; age: Millis }
  | { kind: 'frozen' }
  | { kind: 'partial'; why: string }
  | { kind: 'ambiguous'; why: string }
  | { kind: 'unknown-origin' }
  | { kind: 'too-few'; have: number; need: number }
  | { kind: 'bad-query'; why: string }
  | { kind: 'unreachable'; why: string }
  | { kind: 'unauthorised'; why: string };
export interface Judgement {
  slo: string;
  verdict: Verdict;
  arm: string | null;
  from: EpochMs;
  to: EpochMs;
  counts: Counts;
  budget: number;
  doubts: Doubt[];
  sentence: string;
  points: Point[];
}
export interface CheckResult {
  name: string;
  outcome: CheckOutcome;
  took: Millis;
  sentence: string;
}
export interface ReplicaAnswer {
  replica: string;
  ready: boolean;
  artifact: string | null;
  version: string | null;
  doubt: string | null;
}
export interface Activity {
  sentence: string;
  since: EpochMs;
  until: EpochMs | null;
  judgements: Judgement[];
  checks: CheckResult[];
  replicas: ReplicaAnswer[];
}
export type StepStatus =
  | 'will'
  | 'working'
  | 'needs-you'
  | 'in-doubt'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'accepted'
  | 'not-needed'
  | 'passed-over';
export interface StepView {
  id: string;
  role: Role;
  title: string;
  phase: Phase;
  kind: string;
  status: StepStatus;
  current: boolean;
  result: string | null;
  took: Millis | null;
  attempt: number;
  why: string | null;
  what: string;
  expect: string | null;
  confirm: boolean;
  reversibility: Reversibility;
  effect: EffectView | null;
  undo: EffectView | null;
}
export type AskKind = 'confirm' | 'verdict' | 'choice' | 'manual' | 'failure' | 'ruling' | 'guard' | 'undo';
export type AnswerKind =
  | 'confirm'
  | 'accept'
  | 'again'
  | 'choose'
  | 'performed'
  | 'skip'
  | 'happened'
  | 'did-not-happen'
  | 'decline'
  | 'undo'
  | 'leave'
  | 'abort';
export type Needs = { is: 'nothing' } | { is: 'reason' } | { is: 'observation'; label: string; optional: boolean };
export interface AnswerOption {
  kind: AnswerKind;
  option: string | null;
  label: string;
  key: string;
  needs: Needs;
  primary: boolean;
}
export interface AskView {
  step: string | null;
  kind: AskKind;
  question: string;
  detail: string | null;
  answers: AnswerOption[];
}
export type RunStatus = 'working' | 'needs-you' | 'held' | 'interrupted' | 'recovered' | 'ended' | 'newer';
export type Outcome =
  | { is: 'recovered' }
  | { is: 'unproven'; why: string }
  | { is: 'not-recovered'; why: string }
  | { is: 'declined'; reason: string }
  | { is: 'aborted'; reason: string };
export interface MomentView {
  name: string;
  at: EpochMs | null;
  after: Millis | null;
}
export type LineKind = 'run' | 'signal' | 'decision' | 'action' | 'note';
export interface LogLine {
  seq: number;
  at: EpochMs;
  kind: LineKind;
  text: string;
}
export interface RunView {
  run: string;
  revision: number;
  title: string;
  place: Place;
  coordinates: string;
  from: ReleaseView;
  to: ReleaseView;
  drill: string | null;
  plan_hash: string;
  started_by: string;
  now: EpochMs;
  started_at: EpochMs;
  status: RunStatus;
  sentence: string;
  outcome: Outcome | null;
  driven: boolean;
  phase: Phase | null;
  current: string | null;
  steps: StepView[];
  ask: AskView | null;
  activity: Activity | null;
  judgements: Judgement[];
  moments: MomentView[];
  log: LogLine[];
  not_restored: string[];
  undoable: string[];
}
export interface RunRow {
  run: string;
  title: string;
  place: Place;
  drill: string | null;
  started_at: EpochMs;
  status: RunStatus;
  sentence: string;
  from: string;
  to: string;
}

// ---------------------------------------------------------------- timeline

export type Source = { kind: 'machine' } | { kind: 'person'; name: string };
export interface LineView {
  seq: number;
  at: EpochMs;
  recorded_at: EpochMs;
  kind: LineKind;
  source: Source;
  phase: Phase | null;
  step: string | null;
  text: string;
  reason: string | null;
  evidence: string[];
}
export interface TimelineView {
  run: string;
  title: string;
  place: Place;
  drill: string | null;
  sentence: string;
  moments: MomentView[];
  lines: LineView[];
}

// ---------------------------------------------------------------- the host

export type PlatformKind = 'practice' | 'kubernetes';
export interface PlaceView {
  place: Place;
  platform: PlatformKind;
  strategy: Strategy;
  coordinates: string;
  runbook: string | null;
}
export interface InputView {
  name: string;
  default: string | null;
  options: string[] | null;
  help: string | null;
}
export interface RunbookView {
  name: string;
  title: string;
  summary: string | null;
  platforms: PlatformKind[];
  strategies: Strategy[];
  steps: number;
  inputs: InputView[];
}
export interface ScenarioView {
  name: string;
  title: string;
  summary: string;
  minutes: number;
  place: Place;
  runbook: string;
  last_done: EpochMs | null;
}
export interface DrillView {
  scenario: string;
  title: string;
  seed: number;
  speed: number | null;
  place: Place;
  runbook: string;
}
export interface WorkspaceView {
  folder: string | null;
  practice: boolean;
  drill: DrillView | null;
  person: string;
  now: EpochMs;
  places: PlaceView[];
  runbooks: RunbookView[];
  scenarios: ScenarioView[];
  advice: string[];
  version: string;
}
export interface ReleasesQuery {
  service: string | null;
  environment: string | null;
  before: EpochMs | null;
  limit: number | null;
}
export interface ReleaseQuery {
  place: Place;
  release: string | null;
}
export interface PlanRequest {
  place: Place;
  runbook: string | null;
  target: string;
  inputs: Record<string, string>;
}
export interface Override {
  subject: string;
  reason: string;
}
export interface StartRequest {
  hash: string;
  overrides: Override[];
}
export interface Answer {
  run: string;
  step: string | null;
  kind: AnswerKind;
  option: string | null;
  text: string | null;
}
export type OrderKind = 'hold' | 'release' | 'note' | 'abort';
export interface Order {
  run: string;
  order: OrderKind;
  text: string | null;
}
export interface DrillRequest {
  scenario: string;
  seed: number | null;
  speed: number | null;
}
export type ExportFormat = 'json' | 'markdown';
export interface ExportRequest {
  run: string;
  format: ExportFormat;
}
export interface ExportView {
  file_name: string;
  media_type: string;
  text: string;
}
export interface SavedView {
  path: string;
}
