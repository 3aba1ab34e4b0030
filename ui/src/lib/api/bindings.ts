// The types and commands of the engine. Made from the Rust sources by `cargo xtask-generate
// bindings`; compared by `./dev check`. Do not edit.

/**
 * What to do about the rollout.
 */
export type Action = "continue" | "wait" | "pause" | "roll-back" | "do-not-roll-back";

/**
 * What a step that reads or waits is doing at this moment.
 */
export type Activity = { 
/**
 * In a sentence: `good for 0:40 of 1:00, 5 of 7 looks in a row`.
 */
sentence: string, 
/**
 * Since when.
 */
since: EpochMs, 
/**
 * When it will be given up.
 */
until: EpochMs | null, 
/**
 * How long everything has to hold, and has held; `null` for what does not wait for that.
 */
holding?: Holding, 
/**
 * What the last look judged.
 */
judgements: Array<Judgement>, 
/**
 * What the last look checked.
 */
checks: Array<CheckResult>, 
/**
 * What the replicas last answered.
 */
replicas: Array<ReplicaAnswer>, };

/**
 * A statement of a migration that is ahead.
 */
export type AheadStatement = { 
/**
 * The migration.
 */
version: string, 
/**
 * The file.
 */
path: string, 
/**
 * The line on which it begins, from 1.
 */
line: number, 
/**
 * Its first byte in the file.
 */
start: number, 
/**
 * The byte after its last.
 */
end: number, 
/**
 * The label.
 */
label: Label, 
/**
 * Whether it breaks by refusing what the older release may write.
 */
tighten: boolean, 
/**
 * Why, in one line.
 */
reason: string, 
/**
 * What to ask the database.
 */
probes: Array<Probe>, 
/**
 * What applying it locks. Says nothing about going back.
 */
lock: Lock | null, 
/**
 * The beginning of the statement, on one line.
 */
sql: string, };

/**
 * Says something of a run's record.
 */
export type AnnotateRequest = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * What.
 */
say: Say, };

/**
 * What became of it.
 */
export type AnnotatedView = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * The line that was added or changed, as it reads now.
 */
line: LineView | null, 
/**
 * The follow-up that was made or changed.
 */
follow_up: FollowUp | null, 
/**
 * The points that are marked now.
 */
milestones: Array<MilestoneView>, 
/**
 * How many annotations there are now.
 */
annotations: number, };

/**
 * Answers what a run asks.
 */
export type Answer = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * The step that asked; `null` when the run itself did.
 */
step: StepId | null, 
/**
 * What is answered.
 */
kind: AnswerKind, 
/**
 * The option, for a choice.
 */
option: string | null, 
/**
 * The reason, or what was seen.
 */
text: string | null, };

/**
 * The things an answer can do.
 */
export type AnswerKind = "confirm" | "accept" | "again" | "choose" | "performed" | "skip" | "happened" | "did-not-happen" | "decline" | "undo" | "leave" | "abort";

/**
 * One possible answer.
 */
export type AnswerOption = { 
/**
 * What it does.
 */
kind: AnswerKind, 
/**
 * The option, for a choice.
 */
option: string | null, 
/**
 * Verb and object.
 */
label: string, 
/**
 * The key for it in the terminal; unique among the answers.
 */
key: string, 
/**
 * What must be given with it.
 */
needs: Needs, 
/**
 * Whether it is the one to expect.
 */
primary: boolean, };

/**
 * The kinds of question a run can ask.
 */
export type AskKind = "confirm" | "verdict" | "choice" | "manual" | "failure" | "ruling" | "guard" | "undo";

/**
 * A question to a person.
 */
export type AskView = { 
/**
 * The step that asks; `null` when the run itself does.
 */
step: StepId | null, 
/**
 * Which kind of question.
 */
kind: AskKind, 
/**
 * The question, in a sentence.
 */
question: string, 
/**
 * What it rests on.
 */
detail: string | null, 
/**
 * What may be answered; at most one is primary.
 */
answers: Array<AnswerOption>, };

/**
 * Attaches a picture or a text to a run's record.
 */
export type AttachRequest = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * The line that it belongs to; the whole record when absent.
 */
line: LineId | null, 
/**
 * What its file is called.
 */
name: string, 
/**
 * What it shows, for whoever cannot see it.
 */
caption: string, 
/**
 * Its bytes, in base 64.
 */
base64: string, };

/**
 * A picture or a text that belongs to the record, kept under its hash.
 */
export type Attachment = { 
/**
 * SHA-256 of its bytes, hex.
 */
hash: string, 
/**
 * What its file was called.
 */
name: string, 
/**
 * `image/png`, `image/jpeg`, `image/gif`, `image/webp` or `text/plain`.
 */
media_type: string, 
/**
 * How many bytes it has.
 */
bytes: number, 
/**
 * The line that it belongs to; `null` for the whole record.
 */
line: LineId | null, 
/**
 * What it shows, for whoever cannot see it.
 */
caption: string, };

/**
 * Asks for something that was attached.
 */
export type AttachmentQuery = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * SHA-256 of its bytes, hex.
 */
hash: string, };

/**
 * Something that was attached.
 */
export type AttachmentView = { 
/**
 * What it is.
 */
attachment: Attachment, 
/**
 * Its bytes, in base 64.
 */
base64: string, };

/**
 * A person answers an item. Answers are only ever added.
 */
export type AttestRequest = { 
/**
 * Where.
 */
place: Place, 
/**
 * The item's id.
 */
item: string, 
/**
 * The answer.
 */
answer: PersonAnswer, 
/**
 * What the person looked at; it is kept.
 */
note: string, };

/**
 * The answer, with everything that it rests on.
 */
export type Blame = { 
/**
 * What is said.
 */
verdict: BlameVerdict, 
/**
 * The same in one sentence.
 */
sentence: string, 
/**
 * Every change, the most suspicious first; those with a veto last.
 */
suspects: Array<Suspect>, 
/**
 * What could not be looked at, as sentences.
 */
doubts: Array<string>, };

/**
 * Asks which change caused that a service is in breach.
 */
export type BlameRequest = { 
/**
 * The service in breach.
 */
place: Place, 
/**
 * When it began or was noticed; now when absent.
 */
at: EpochMs | null, };

/**
 * What can be said.
 */
export type BlameVerdict = "culprit" | "suspected" | "none-explains" | "not-in-breach";

/**
 * One request to one system, in full. Never a shell string.
 */
export type Call = { 
/**
 * Which system: `kubernetes`, `practice world`.
 */
system: string, 
/**
 * Which part of it: account, cluster, context, namespace.
 */
scope: string, 
/**
 * The verb: `PATCH`.
 */
verb: string, 
/**
 * What it is sent to: `/apis/apps/v1/namespaces/shop/deployments/checkout`.
 */
target: string, 
/**
 * What is sent, as pretty-printed JSON; secrets never appear in a plan.
 */
body: string | null, };

/**
 * A release that was considered as a target.
 */
export type CandidateView = { 
/**
 * The release.
 */
release: ReleaseView, 
/**
 * What is known about it.
 */
standing: Standing, 
/**
 * Why, in a sentence.
 */
evidence: string, 
/**
 * Whether it may be gone back to.
 */
offered: boolean, 
/**
 * Why not, or what to know before choosing it.
 */
objections: Array<Objection>, 
/**
 * Everything that this rests on.
 */
record: RecordView, 
/**
 * What every gate says, in the order in which they are read.
 */
gates: Array<GateRow>, 
/**
 * The versions that going back to it undoes, newest first.
 */
undoes: Array<string>, };

/**
 * One fact before and after.
 */
export type Change = { 
/**
 * What changes: `image`, `rollout`.
 */
what: string, 
/**
 * As the plan saw it.
 */
before: string, 
/**
 * As it will be.
 */
after: string, };

/**
 * What kind of change it was.
 */
export type ChangeKind = "deploy" | "configuration" | "flag" | "migration";

/**
 * A synthetic check of an environment.
 */
export type CheckName = string;

/**
 * The ways a check can end.
 */
export type CheckOutcome = "passed" | "failed" | "unasked";

/**
 * How a check went.
 */
export type CheckResult = { 
/**
 * Which check.
 */
name: CheckName, 
/**
 * How it ended.
 */
outcome: CheckOutcome, 
/**
 * How long the exchange took.
 */
took: Millis, 
/**
 * One sentence with the values that were seen.
 */
sentence: string, };

/**
 * A checklist, by the name in its file.
 */
export type ChecklistName = string;

/**
 * Asks how a place stands against every checklist.
 */
export type ChecklistQuery = { 
/**
 * Where.
 */
place: Place, };

/**
 * What kind of problem this is. Codes decide behaviour, are never reused, and
 * have a page each in `docs/errors/`.
 */
export type Code = "usage-wrong" | "catalog-invalid" | "runbook-invalid" | "scenario-invalid" | "checklist-invalid" | "counts-invalid" | "file-unreadable" | "file-unwritable" | "workspace-missing" | "not-found" | "connection-unusable" | "input-invalid" | "runbook-foreign" | "no-target" | "preflight-blocked" | "step-stale" | "not-now" | "reason-missing" | "run-held" | "run-finished" | "drifted" | "unauthorised" | "forbidden" | "unreachable" | "rejected" | "answer-unreadable" | "gone" | "journal-newer" | "journal-broken" | "journal-unwritable" | "disk-full" | "internal";

/**
 * How a length compares with the same in other runs.
 */
export type Comparison = { 
/**
 * Which length.
 */
name: string, 
/**
 * How long it took here.
 */
here: Millis, 
/**
 * The drills of the same service and environment.
 */
drills: Others, 
/**
 * Its incidents.
 */
incidents: Others, };

/**
 * Requests counted over a window.
 */
export type Counts = { 
/**
 * All requests.
 */
total: number, 
/**
 * The bad ones among them.
 */
bad: number, };

/**
 * A threshold that was reached.
 */
export type Crossed = { 
/**
 * Which.
 */
what: Crossing, 
/**
 * At which tick first, as the table writes it.
 */
tick: string, };

/**
 * A threshold.
 */
export type Crossing = "pause" | "baseline-loud" | "shared" | "rollback-by-ratio" | "rollback-by-objective";

/**
 * When each threshold was reached first, by the number of the tick, counted from one.
 */
export type Crossings = { 
/**
 * The canary breaks the objective, enough to pause.
 */
pause: number | null, 
/**
 * The old release is not quiet.
 */
baseline_loud: number | null, 
/**
 * Both break the objective.
 */
shared: number | null, 
/**
 * The canary is worse than the old release, enough to roll back.
 */
rollback_by_ratio: number | null, 
/**
 * The canary alone breaks the objective, enough to roll back.
 */
rollback_by_objective: number | null, };

/**
 * Whether the older release can run on a database.
 */
export type DatabaseReport = { 
/**
 * The worst label, with what the probes found: `breaks` where one found a row, `opaque` where
 * one could not be asked.
 */
worst: Label, 
/**
 * Whether nothing stands in the way at this moment.
 */
possible: boolean, 
/**
 * Whether a migration is unfinished, which forbids going anywhere.
 */
blocked: boolean, 
/**
 * The tool that keeps the record.
 */
tool: string, 
/**
 * The table it is kept in.
 */
table: string, 
/**
 * How many migrations the database has.
 */
applied: number, 
/**
 * Those that the release does not bring, in the order of the record.
 */
ahead: Array<string>, 
/**
 * The statements that gave the worst label of the texts.
 */
statements: Array<AheadStatement>, 
/**
 * What was asked.
 */
probes: Array<Probed>, 
/**
 * What is in doubt; each a sentence.
 */
doubts: Array<string>, };

/**
 * How a run went, for those who took part.
 */
export type Debrief = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * What it did.
 */
title: string, 
/**
 * Where.
 */
place: Place, 
/**
 * The scenario, when it was a drill.
 */
drill: ScenarioName | null, 
/**
 * What was rehearsed, when it was a drill on a real system: what it did there was real.
 */
exercise?: string, 
/**
 * How it ended.
 */
sentence: string, 
/**
 * Whether the drill went as its scenario wants, and what was really the matter.
 */
rehearsed: Rehearsed | null, 
/**
 * How long each phase took.
 */
phases: Array<PhaseTime>, 
/**
 * How long things took, and from what to what; also the time spent waiting for people.
 */
lengths: Array<Length>, 
/**
 * What people decided, and how that looks afterwards.
 */
decisions: Array<PastDecision>, 
/**
 * Where the scenario wanted a decision and nobody took one.
 */
unmet: Array<Unmet>, 
/**
 * What whoever presented the drill did to it.
 */
presented: Array<PresentedAct>, 
/**
 * The lengths beside those of other runs: earlier drills of this scenario, and the
 * service's incidents.
 */
comparison: Array<Comparison>, };

/**
 * Whose word it is that an item stands as it does.
 */
export type DecidedBy = "fact" | "person" | "nobody";

/**
 * What to do about the rollout. In order: more bad requests never lead to an earlier one.
 */
export type Decision = "watch" | "pause" | "shared" | "rollback";

/**
 * Leaves a plan that was shown, for another way.
 */
export type DeclineRequest = { 
/**
 * The plan's short name.
 */
hash: string, 
/**
 * What is done instead; never `roll-back`.
 */
way: Way, 
/**
 * Why; never blank.
 */
reason: string, };

/**
 * Something that a person can decide. Names are never changed or used again.
 */
export type Deed = "roll-back" | "flag-off" | "shift-traffic" | "roll-forward" | "wait" | "override" | "go-on" | "again" | "skip" | "choose" | "happened" | "did-not-happen" | "decline" | "abort" | "undo" | "leave";

/**
 * How a deploy ended.
 */
export type DeployOutcome = "in-progress" | "completed" | "failed" | "rolled-back" | "unknown";

/**
 * One deploy, as a row.
 */
export type DeployRow = { 
/**
 * Where.
 */
place: Place, 
/**
 * What.
 */
release: ReleaseView, 
/**
 * How.
 */
strategy: Strategy, 
/**
 * When it began.
 */
at: EpochMs, 
/**
 * When it ended.
 */
ended_at: EpochMs | null, 
/**
 * Who did it; `null` when not recorded.
 */
actor: string | null, 
/**
 * How it ended.
 */
outcome: DeployOutcome, 
/**
 * What is known about the release there.
 */
standing: Standing, 
/**
 * Why, in a sentence.
 */
evidence: string, 
/**
 * Whether it runs now.
 */
running: boolean, 
/**
 * Whether it is the newest change of a service that is not settled or breaks an
 * objective.
 */
suspect: boolean, 
/**
 * Why it must not come back, when somebody locked it out.
 */
lock: LockView | null, };

/**
 * The language a migration is written in.
 */
export type Dialect = "postgres" | "mysql" | "sqlite";

/**
 * One thing that the doctor looked at.
 */
export type DoctorView = { 
/**
 * Everything that was looked at.
 */
findings: Array<Finding>, 
/**
 * How long it took.
 */
took: Millis, };

/**
 * Something that keeps a measurement from deciding.
 */
export type Doubt = { "kind": "no-data" } | { "kind": "no-traffic" } | { "kind": "stale", 
/**
 * Its age.
 */
age: Millis, } | { "kind": "frozen" } | { "kind": "partial", 
/**
 * What the source said.
 */
why: string, } | { "kind": "ambiguous", 
/**
 * What was found.
 */
why: string, } | { "kind": "cumulative" } | { "kind": "unknown-origin" } | { "kind": "too-few", 
/**
 * Requests seen.
 */
have: number, 
/**
 * Requests needed.
 */
need: number, } | { "kind": "bad-query", 
/**
 * What was wrong.
 */
why: string, } | { "kind": "unreachable", 
/**
 * What happened.
 */
why: string, } | { "kind": "unauthorised", 
/**
 * What it said.
 */
why: string, };

/**
 * Sets a drill up.
 */
export type DrillRequest = { 
/**
 * Which scenario.
 */
scenario: ScenarioName, 
/**
 * What makes it repeatable; 1 when absent.
 */
seed: number | null, 
/**
 * How many seconds of the world go by in one second; 1 when absent.
 */
speed: number | null, };

/**
 * A drill that is set up.
 */
export type DrillView = { 
/**
 * Which scenario.
 */
scenario: ScenarioName, 
/**
 * What a person reads.
 */
title: string, 
/**
 * What makes it repeatable.
 */
seed: number, 
/**
 * How many seconds of the world go by in one second; `null` for as fast as it goes.
 */
speed: number | null, 
/**
 * Whether its clock is stopped.
 */
paused: boolean, 
/**
 * The service in trouble.
 */
place: Place, 
/**
 * The runbook to rehearse.
 */
runbook: RunbookName, };

/**
 * What there is to rehearse a plan with.
 */
export type DrillsView = { 
/**
 * The runbook of the plan.
 */
runbook: RunbookName, 
/**
 * The drills that rehearse it: the nearest to the plan first.
 */
drills: Array<FittingDrill>, 
/**
 * What would help, when there is none.
 */
lacking: string | null, };

/**
 * One layer over a line.
 */
export type EditView = { 
/**
 * Who did it.
 */
by: Person, 
/**
 * When.
 */
at: EpochMs, 
/**
 * `amended`, `retimed`, `hidden`, `shown`, `starred` or `unstarred`.
 */
what: string, 
/**
 * The new text, the new time, or the reason.
 */
says: string, };

/**
 * A change to the world, in full.
 */
export type EffectView = { 
/**
 * The operation as runbooks write it.
 */
operation: string, 
/**
 * The exact call.
 */
call: Call, 
/**
 * What a person will find changed.
 */
changes: Array<Change>, };

/**
 * Why a release stopped serving.
 */
export type EndReason = "serving" | "superseded" | "rolled-back" | "incident" | "unknown";

/**
 * An environment of a service, such as `production`.
 */
export type EnvironmentName = string;

/**
 * Milliseconds since 1970-01-01T00:00:00Z. Views use it because a window computes with
 * numbers; journals and exports write RFC 3339 instead.
 */
export type EpochMs = number;

/**
 * The numbers behind a verdict, for whoever wants to check it.
 */
export type Evidence = { 
/**
 * The largest share of bad requests that the counts leave possible, 0 to 1, with a
 * confidence of 95 % (Clopper and Pearson, one-sided).
 */
upper_bound: number, 
/**
 * How many times faster than allowed the last five minutes spent the error budget;
 * `None` without traffic.
 */
burn: number | null, 
/**
 * No verdict on fewer requests than this, unless bad ones came in several intervals.
 */
min_samples: number, 
/**
 * Set when a release was judged.
 */
rollout: RolloutEvidence | null, 
/**
 * Set when a recovery was judged.
 */
recovery: RecoveryEvidence | null, };

/**
 * Asks for a plan that is a drill on the real system: what it does is real.
 */
export type ExerciseRequest = { 
/**
 * The plan, as of an incident.
 */
plan: PlanRequest, 
/**
 * What is rehearsed, as everything about the run will say it; never blank.
 */
why: string, 
/**
 * Whether it is meant where users may be.
 */
on_production: boolean, };

/**
 * The forms a timeline can be exported in.
 */
export type ExportFormat = "json" | "markdown" | "csv" | "html" | "pdf";

/**
 * Asks for an export.
 */
export type ExportRequest = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * In which form.
 */
format: ExportFormat, 
/**
 * In which time zone times are told; UTC when absent. The JSON document is always UTC.
 */
zone?: string, 
/**
 * What is replaced by stand-ins.
 */
redact?: Array<Redact>, 
/**
 * In which shape, for the forms that people read.
 */
layout?: Layout, 
/**
 * For which paper a PDF is made.
 */
paper?: Paper, 
/**
 * Whose fonts a PDF may be drawn with.
 */
fonts?: Lettering, };

/**
 * An export, exactly the bytes that would be saved.
 */
export type ExportView = { 
/**
 * What to call the file.
 */
file_name: string, 
/**
 * `application/json`, `text/markdown`, `text/csv`, `text/html` or `application/pdf`.
 */
media_type: string, 
/**
 * What would be in it; empty for a PDF, which is no text.
 */
text: string, 
/**
 * The bytes of a PDF, in base64.
 */
base64?: string, 
/**
 * What a postmortem of the chosen layout lacks, as sentences.
 */
lacks: Array<string>, };

/**
 * Something that the catalog, the journal or the platform tells, so that nobody has
 * to be asked.
 */
export type Fact = "rollback-rehearsed" | "objectives" | "checks" | "replica-version" | "staged-rollout" | "runbook" | "schema-source" | "flags" | "release-metadata" | "dashboards" | "owner" | "escalation";

/**
 * What a fact says of a place.
 */
export type FactAnswer = { 
/**
 * Which.
 */
fact: Fact, 
/**
 * Whether it is true.
 */
holds: Holds, 
/**
 * Why that is said, in a line.
 */
because: string, 
/**
 * Where it was seen.
 */
seen: string, };

/**
 * What becomes of the release in front.
 */
export type Fate = "stays" | "planned" | "begun" | "unclear" | "done" | "not-done" | "taken-back";

/**
 * What becomes of the release in front, as it is told in every list, page and file.
 */
export type FateView = { 
/**
 * Which.
 */
is: Fate, 
/**
 * What stands before the two releases: `Planned, not done`.
 */
label: string, 
/**
 * The two releases with what became of the change: `v2 → v1, planned and not done`.
 */
sentence: string, };

/**
 * One thing about a file that a person should know.
 */
export type FileFinding = { 
/**
 * Counts from 1.
 */
line: number, 
/**
 * In characters, counts from 1.
 */
column: number, 
/**
 * How many characters it is about, never beyond the end of the line.
 */
width: number, 
/**
 * Whether the file is refused for it.
 */
refused: boolean, 
/**
 * Its kind: `unknown-step-kind`.
 */
code: string, 
/**
 * What is the matter.
 */
message: string, 
/**
 * What to write instead.
 */
suggestion: string | null, };

/**
 * One file.
 */
export type FileText = { 
/**
 * From the folder on, with `/` everywhere.
 */
path: string, 
/**
 * What is written in it. What is no text is replaced; the findings say so.
 */
text: string, 
/**
 * In the order of the file.
 */
findings: Array<FileFinding>, };

/**
 * The files that a team keeps, as they are on the disk now.
 */
export type FilesView = { 
/**
 * The folder; `null` for the files that are part of the program.
 */
folder: string | null, 
/**
 * In order of their paths.
 */
files: Array<FileText>, 
/**
 * What is to be said about the folder and not about one file of it.
 */
elsewhere: Array<FileFinding>, };

/**
 * One preflight check.
 */
export type Finding = { 
/**
 * What was looked at: `permission to patch the Deployment`.
 */
subject: string, 
/**
 * How it ended.
 */
grade: Grade, 
/**
 * What was found, as a sentence.
 */
sentence: string, 
/**
 * What would mend it.
 */
mend: string | null, 
/**
 * What it is about.
 */
topic?: Topic, };

/**
 * Whether a plan still fits.
 */
export type Fit = { "is": "fits" } | { "is": "outdated", 
/**
 * What changed, as a sentence without an end.
 */
why: string, 
/**
 * What is in front now; `null` for nothing.
 */
front: FrontView | null, } | { "is": "unknown", 
/**
 * Why not.
 */
why: string, };

/**
 * A plan held against what runs now, by the rule that its start is refused by.
 */
export type FitView = { 
/**
 * The short name of the plan.
 */
hash: string, 
/**
 * When it was looked at.
 */
at: EpochMs, 
/**
 * What came of it.
 */
fit: Fit, };

/**
 * A drill that rehearses the runbook of a plan.
 */
export type FittingDrill = { 
/**
 * Which.
 */
scenario: ScenarioName, 
/**
 * What a person reads.
 */
title: string, 
/**
 * What it rehearses.
 */
summary: string, 
/**
 * How long it takes, about, in minutes.
 */
minutes: number, 
/**
 * The service in trouble there.
 */
place: Place, 
/**
 * What is other than in the plan, as sentences; never empty.
 */
differs: Array<string>, };

/**
 * A feature flag and its value.
 */
export type FlagView = { 
/**
 * The flag.
 */
name: string, 
/**
 * Its value.
 */
value: string, };

/**
 * Something that is left to do.
 */
export type FollowUp = { 
/**
 * Counts from 1 within the record.
 */
number: number, 
/**
 * What is to be done; begins with a verb.
 */
title: string, 
/**
 * Who does it; `null` for nobody yet.
 */
owner: string | null, 
/**
 * Until which day, `2026-12-01`; `null` for no day.
 */
due: string | null, 
/**
 * Where it is tracked; `null` for nowhere.
 */
link: string | null, 
/**
 * Where it stands.
 */
status: FollowUpStatus, };

/**
 * Where a follow-up stands.
 */
export type FollowUpStatus = "open" | "done" | "dropped";

/**
 * What is left to do after a run.
 */
export type FollowUpsView = { 
/**
 * By number.
 */
items: Array<FollowUp>, 
/**
 * What the open ones lack, one sentence each.
 */
lacks: Array<string>, };

/**
 * The release that is in front now.
 */
export type FrontView = { 
/**
 * Which.
 */
release: ReleaseId, 
/**
 * The version in words.
 */
version: string, 
/**
 * When its deploy began; `null` where no deploy of it is known.
 */
since: EpochMs | null, 
/**
 * Who deployed it, where that is recorded.
 */
by: string | null, };

/**
 * A condition that a release must meet before it is offered.
 */
export type Gate = "not-serving" | "not-locked" | "completed" | "not-rolled-back" | "baked" | "objectives" | "artifact" | "schema" | "flags" | "settings" | "contracts" | "age";

/**
 * What one gate says of a candidate.
 */
export type GateRow = { 
/**
 * Which gate.
 */
gate: Gate, 
/**
 * What it asks, in a word or two.
 */
title: string, 
/**
 * Passed, a warning, not known, or not passed.
 */
grade: Grade, 
/**
 * In one sentence.
 */
why: string, };

/**
 * What a person answered.
 */
export type GivenAnswer = { 
/**
 * The answer.
 */
answer: PersonAnswer, 
/**
 * Who.
 */
by: Person, 
/**
 * When, on the wall.
 */
at: EpochMs, 
/**
 * What the person looked at.
 */
note: string, 
/**
 * When it is due again, by the item's limit of today.
 */
due: EpochMs, 
/**
 * What the item asked then, where it has changed since.
 */
asked: string | null, };

/**
 * A time as a person gives it.
 */
export type GivenTime = { 
/**
 * `2026-11-22 18:42`, `18:42:07` on the day of the run, or with an offset or `Z`.
 */
text: string, 
/**
 * The zone of a local time, such as `Europe/Berlin`; this machine's when absent.
 */
zone?: string, };

/**
 * How a preflight check ended. Unknown is not a pass: it is shown, and a person decides.
 */
export type Grade = "pass" | "warn" | "unknown" | "block";

/**
 * Asks how every service does.
 */
export type HealthQuery = { 
/**
 * How far the lines go back, in minutes; 360 when absent, 1,440 at the most.
 */
minutes: number | null, };

/**
 * How a service does, in a word.
 */
export type HealthState = "burning" | "unknown" | "no-objective" | "within";

/**
 * How every service does, worst first.
 */
export type HealthView = { 
/**
 * When it was looked at; the lines end here.
 */
at: EpochMs, 
/**
 * Where the lines begin.
 */
from: EpochMs, 
/**
 * Every service in every environment, worst first.
 */
places: Array<PlaceHealth>, };

/**
 * A release that is kept out.
 */
export type HeldLock = { 
/**
 * Which release.
 */
release: Named, 
/**
 * Why, by whom, and what would bring it back.
 */
lock: LockView, };

/**
 * How far a proof that needs time has come.
 */
export type Holding = { 
/**
 * How long everything has held without a break; zero after anything else than good.
 */
held: Millis, 
/**
 * How long it has to.
 */
wanted: Millis, };

/**
 * Whether something is true.
 */
export type Holds = "yes" | "no" | "unknown";

/**
 * What could not be read.
 */
export type ImportBad = { 
/**
 * Where it stands in the file.
 */
place: string, 
/**
 * Why not.
 */
why: string, };

/**
 * Hands over what another system wrote, to be added to the timeline of a run.
 */
export type ImportEntriesRequest = { 
/**
 * To which run.
 */
run: RunId, 
/**
 * What the file is called.
 */
name: string, 
/**
 * The whole of it.
 */
text: string, 
/**
 * Which form it has; guessed from the contents when absent.
 */
from: ImportForm | null, 
/**
 * The zone of local times, such as `Europe/Berlin`; this machine's when absent.
 */
zone: string | null, 
/**
 * The day of times that have none, `2026-03-07`; that of the run when absent.
 */
date: string | null, 
/**
 * Imports what can be read also when something cannot.
 */
skip_bad: boolean, 
/**
 * Only tells what would become of it.
 */
dry_run: boolean, };

/**
 * What became of what another system wrote.
 */
export type ImportEntriesView = { 
/**
 * To which run it was added.
 */
run: RunId, 
/**
 * The form that it was read as.
 */
from: ImportForm, 
/**
 * Whether that was guessed from the contents.
 */
guessed: boolean, 
/**
 * What was read, in the order of the file.
 */
entries: Array<ImportEntry>, 
/**
 * How many of them were added to the record.
 */
new: number, 
/**
 * How many of them it had already.
 */
known: number, 
/**
 * What could not be read.
 */
bad: Array<ImportBad>, 
/**
 * What a person should know, as sentences.
 */
says: Array<string>, 
/**
 * Whether nothing was added, because nobody wanted more than to know.
 */
dry_run: boolean, };

/**
 * One thing that happened, as it was read.
 */
export type ImportEntry = { 
/**
 * Where it stands in the file, such as `line 3`.
 */
place: string, 
/**
 * When it happened.
 */
at: EpochMs, 
/**
 * What it is about.
 */
kind: LineKind, 
/**
 * Who or what it comes from.
 */
who: string | null, 
/**
 * What happened.
 */
text: string, 
/**
 * Whether the record had it already.
 */
known: boolean, };

/**
 * The forms that entries are read from.
 */
export type ImportForm = "csv" | "json" | "alertmanager" | "github" | "slack" | "chat";

/**
 * Hands over the JSON export of another journal.
 */
export type ImportRequest = { 
/**
 * What its file is called.
 */
name: string, 
/**
 * The whole document.
 */
text: string, 
/**
 * Only tells what would become of it.
 */
dry_run: boolean, };

/**
 * A record that another journal wrote, in a list.
 */
export type ImportedRow = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * What it did.
 */
title: string, 
/**
 * Where.
 */
place: Place, 
/**
 * What it rehearsed, when it was a drill.
 */
drill: string | null, 
/**
 * The release that was left, in words.
 */
from: string, 
/**
 * The release that was gone back to, in words.
 */
to: string, 
/**
 * What became of the one in front, in words: `v2 → v1, planned and not done`.
 */
change: string, 
/**
 * How it ended.
 */
sentence: string, 
/**
 * When it began.
 */
started_at: EpochMs | null, 
/**
 * How many lines its timeline has.
 */
lines: number, 
/**
 * The head of its journal, as the document says it; it was not verified here.
 */
head: string, 
/**
 * SHA-256 of the document, hex.
 */
hash: string, 
/**
 * What its file was called.
 */
name: string, 
/**
 * Who imported it.
 */
by: Person, 
/**
 * When, on the wall.
 */
imported_at: EpochMs, };

/**
 * What became of a document.
 */
export type ImportedView = { 
/**
 * The record, as it is listed from now on.
 */
record: ImportedRow, 
/**
 * Whether it was not kept before.
 */
new: boolean, 
/**
 * Whether nothing was kept, because nobody wanted more than to know.
 */
dry_run: boolean, 
/**
 * What a person should know before relying on it, as sentences.
 */
says: Array<string>, };

/**
 * An input of a runbook.
 */
export type InputView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Used when nothing is given; `null` when one must be given.
 */
default: string | null, 
/**
 * What may be chosen; `null` when anything may be given.
 */
options: Array<string> | null, 
/**
 * What a person reads when asked for it.
 */
help: string | null, };

/**
 * An item of a checklist, such as `tracing`.
 */
export type ItemId = string;

/**
 * How an item stands.
 */
export type ItemStatus = "holds" | "does-not-hold" | "not-applicable" | "open" | "overdue";

/**
 * A verdict, or every mistake that kept the table from being read.
 */
export type JudgeAnswer = { "is": "judged", 
/**
 * The verdict with all that it rests on.
 */
judged: Judged, } | { "is": "unreadable", 
/**
 * Each with its place.
 */
mistakes: Array<Mistake>, };

/**
 * Asks for a verdict on a table of counts.
 */
export type JudgeRequest = { 
/**
 * The table, with commas between the columns `tick`, `arm`, `total` and `bad`.
 */
counts: string, 
/**
 * The share of good requests that is promised, strictly between 0 and 1.
 */
objective: number, 
/**
 * How many times worse than the old release the new one may be, 1 to 100; 2 when absent.
 */
r0: number | null, 
/**
 * The share of bad requests that a pass excludes, strictly between 0 and 1; twice what
 * the objective allows when absent.
 */
exclude: number | null, 
/**
 * Fewer requests of the new release decide nothing; 30 when absent.
 */
min_requests: number | null, 
/**
 * Whether slow requests are counted, not failed ones.
 */
latency: boolean, };

/**
 * A verdict on a table of counts, with everything it rests on.
 */
export type Judged = { 
/**
 * What the evidence says.
 */
verdict: Verdict, 
/**
 * What to do about it.
 */
action: Action, 
/**
 * Both for a person.
 */
sentence: string, 
/**
 * The share of good requests that is promised.
 */
objective: number, 
/**
 * The share of bad requests that it allows.
 */
budget: number, 
/**
 * What was counted.
 */
samples: Samples, 
/**
 * The evidence.
 */
statistics: Statistics, 
/**
 * The evidence that it is worse than the old release at all, from which on a broken
 * objective alone proposes to go back: less for a smaller share of the requests.
 */
support_at: number, 
/**
 * How clumped errors are taken to be, and whether the ticks before told it.
 */
spread: Spread, 
/**
 * The first tick at which each threshold was reached, in time.
 */
crossed: Array<Crossed>, 
/**
 * What keeps it from passing.
 */
doubts: Array<Doubt>, 
/**
 * How sure it is that the release is well.
 */
proof: Proof, };

/**
 * A verdict with everything that it rests on.
 */
export type Judgement = { 
/**
 * Which objective.
 */
slo: SloName, 
/**
 * What it says.
 */
verdict: Verdict, 
/**
 * The release whose requests were counted; `None` for all of them.
 */
arm: string | null, 
/**
 * Start of the window.
 */
from: EpochMs, 
/**
 * End of the window.
 */
to: EpochMs, 
/**
 * What was counted.
 */
counts: Counts, 
/**
 * The allowed share of bad requests, 0 to 1.
 */
budget: number, 
/**
 * What kept it from deciding.
 */
doubts: Array<Doubt>, 
/**
 * The same for a person.
 */
sentence: string, 
/**
 * The rate over time, for a chart.
 */
points: Array<Point>, 
/**
 * The numbers behind it; `None` when an older version judged.
 */
evidence?: Evidence | null, };

/**
 * Whether the release before a statement can run after it. From best to worst: the worst
 * label of all statements is the label of the whole.
 */
export type Label = "compatible" | "probe" | "opaque" | "breaks" | "loses";

/**
 * The shape of an export that people read.
 */
export type Layout = "standard" | "google" | "pagerduty" | "howie";

/**
 * A length of time with what it is measured from and to.
 */
export type Length = { 
/**
 * What took so long: `to detect`.
 */
name: string, 
/**
 * How long.
 */
milliseconds: Millis, 
/**
 * From what to what, in a sentence; empty in documents of an older version.
 */
explained: string, };

/**
 * Whose fonts a PDF may be drawn with.
 */
export type Lettering = "machine" | "own";

/**
 * On what grounds a lock was lifted.
 */
export type Lift = { "by": "reason", 
/**
 * Why.
 */
reason: string, } | { "by": "fix", 
/**
 * The commit that fixes it.
 */
fix: string, 
/**
 * The commit that is to be deployed, of which the fix is an ancestor.
 */
candidate: string, 
/**
 * What proved it: `git merge-base --is-ancestor in /src/shop`.
 */
proof: string, };

/**
 * Names a line of a timeline: `e12` is entry 12 of the journal, `n3` is annotation 3.
 */
export type LineId = string;

/**
 * What a line is about.
 */
export type LineKind = "run" | "signal" | "decision" | "action" | "note";

/**
 * How many lines a record has of each sort. A hidden line is counted among the hidden only.
 */
export type LineTally = { 
/**
 * The run as a whole.
 */
run: number, 
/**
 * What was seen.
 */
signal: number, 
/**
 * What was decided.
 */
decision: number, 
/**
 * What was done.
 */
action: number, 
/**
 * What a person wrote.
 */
note: number, 
/**
 * Those with a star.
 */
starred: number, 
/**
 * Those that are left out of what people read.
 */
hidden: number, };

/**
 * One line of the timeline, as a window shows it.
 */
export type LineView = { 
/**
 * Its name within the record, such as `e12`.
 */
id: LineId, 
/**
 * The journal entry that it comes from, or the annotation that added it.
 */
seq: number, 
/**
 * When it happened.
 */
at: EpochMs, 
/**
 * How long nothing was recorded before it, where that is long.
 */
quiet?: Millis, 
/**
 * When it was recorded.
 */
recorded_at: EpochMs, 
/**
 * What it is about.
 */
kind: LineKind, 
/**
 * Who or what it comes from.
 */
source: Source, 
/**
 * The phase it belongs to.
 */
phase: Phase | null, 
/**
 * The step it belongs to.
 */
step: StepId | null, 
/**
 * What happened; Markdown when `markdown` is set.
 */
text: string, 
/**
 * Whether a person wrote it, in Markdown.
 */
markdown: boolean, 
/**
 * Its blocks without the signs of Markdown, where it has some.
 */
said?: Array<Array<Span>>, 
/**
 * The reason that a person gave.
 */
reason: string | null, 
/**
 * What proves it.
 */
evidence: Array<string>, 
/**
 * The zone or offset that a person gave its time in.
 */
zone: string | null, 
/**
 * Where it was taken from.
 */
origin: Origin | null, 
/**
 * What it first said, once somebody amended it or corrected its time.
 */
original: OriginalView | null, 
/**
 * Why it is left out of what people read.
 */
hidden: string | null, 
/**
 * Whether it matters most.
 */
starred: boolean, 
/**
 * Everything that was done to it, oldest first.
 */
edits: Array<EditView>, };

/**
 * A page to open.
 */
export type Link = { 
/**
 * What a person reads.
 */
title: string, 
/**
 * Where it leads; `https` or `http` only.
 */
url: string, };

/**
 * Asks what is to be said about a text, were it in a file of the workspace.
 */
export type LintRequest = { 
/**
 * The file that it would be in; it decides what the text is read as.
 */
path: string, 
/**
 * What would be written in it.
 */
text: string, };

/**
 * One step of a runbook that was read.
 */
export type LintStep = { 
/**
 * Its identifier.
 */
id: string, 
/**
 * What it does.
 */
title: string, 
/**
 * Its phase.
 */
phase: Phase, };

/**
 * What was found, in the order of the text; empty when nothing is to be said.
 */
export type LintView = { 
/**
 * What was found.
 */
findings: Array<FileFinding>, 
/**
 * The steps, when the text is a runbook that is not refused.
 */
steps: Array<LintStep>, };

/**
 * What applying a statement does to others at that moment. It matters when a migration is
 * applied and says nothing about going back.
 */
export type Lock = "brief" | "writers" | "scan" | "rewrite";

/**
 * Keeps a release out.
 */
export type LockRequest = { 
/**
 * Which.
 */
which: Which, 
/**
 * Why; never blank.
 */
reason: string, };

/**
 * Why a release must not come back.
 */
export type LockView = { 
/**
 * Who locked it out, or started the run that did.
 */
by: Person, 
/**
 * When, in the world that it is about.
 */
at: EpochMs, 
/**
 * Why.
 */
reason: string, 
/**
 * The run that did it; `null` when a person did.
 */
run: RunId | null, 
/**
 * What would bring it back if nobody stops it, as of then.
 */
brings_back: Array<string>, };

/**
 * One line of a run's log.
 */
export type LogLine = { 
/**
 * The journal entry that it comes from.
 */
seq: number, 
/**
 * When.
 */
at: EpochMs, 
/**
 * What it is about.
 */
kind: LineKind, 
/**
 * What happened.
 */
text: string, };

/**
 * How a decision looks beside what the scenario's author knows.
 */
export type Looks = "good" | "poor" | "open";

/**
 * What a person says of a release.
 */
export type MarkKind = "good" | "faulty" | "none";

/**
 * Marks a release.
 */
export type MarkRequest = { 
/**
 * Which.
 */
which: Which, 
/**
 * As what.
 */
mark: MarkKind, 
/**
 * Why; never blank.
 */
reason: string, };

/**
 * Asks what was said of releases.
 */
export type MarksQuery = { 
/**
 * Only of this service.
 */
service: string | null, 
/**
 * Only in this environment.
 */
environment: string | null, 
/**
 * In the world that this run took place in; what is shown now when absent.
 */
run: RunId | null, };

/**
 * What was said, place by place.
 */
export type MarksView = { 
/**
 * The places of which anything was said.
 */
places: Array<PlaceMarks>, 
/**
 * What could not be read, as sentences.
 */
doubts: Array<string>, };

/**
 * A file of migrations, as text.
 */
export type MigrationText = { 
/**
 * What it is called. Its end tells the language, its beginning the order.
 */
name: string, 
/**
 * All of it.
 */
text: string, };

/**
 * A point of an incident that a person marks.
 */
export type Milestone = "impact-started" | "detected" | "acknowledged" | "mitigated" | "verified" | "resolved";

/**
 * A point of the incident, as a person marked it.
 */
export type MilestoneView = { 
/**
 * Which point.
 */
milestone: Milestone, 
/**
 * What a person reads.
 */
title: string, 
/**
 * When it was.
 */
at: EpochMs, 
/**
 * Who said so.
 */
by: Person, };

/**
 * A length of time in whole milliseconds, never negative.
 */
export type Millis = number;

/**
 * Something in the table that cannot be read.
 */
export type Mistake = { 
/**
 * The line, counted from one.
 */
line: number, 
/**
 * The column in characters, counted from one.
 */
column: number, 
/**
 * What is wrong.
 */
cause: string, 
/**
 * What to do about it.
 */
fix: string, };

/**
 * One way, weighed.
 */
export type Mitigation = { 
/**
 * Which way.
 */
way: Way, 
/**
 * Whether it is open.
 */
openness: Openness, 
/**
 * How many releases it undoes; `null` when that is not known.
 */
undoes: number | null, 
/**
 * The services that it touches.
 */
services: Array<string>, 
/**
 * What it needs.
 */
needs: Array<string>, 
/**
 * How long it took here before, the middle of all; `null` when nothing is known. Of a fix
 * it is the deploy alone: nobody knows how long the fix and its build take.
 */
takes: Millis | null, 
/**
 * What argues for it.
 */
reasons_for: Array<string>, 
/**
 * What argues against it.
 */
reasons_against: Array<string>, 
/**
 * Why it stands where it does, in one line.
 */
because: string, };

/**
 * A key time.
 */
export type MomentView = { 
/**
 * What happened then.
 */
name: string, 
/**
 * When; `null` when it has not.
 */
at: EpochMs | null, 
/**
 * The time since the run started.
 */
after: Millis | null, };

/**
 * Something that can be made to happen in a drill.
 */
export type MoveView = { 
/**
 * Its name in the scenario.
 */
id: string, 
/**
 * Verb and object.
 */
title: string, 
/**
 * Whether it is for the person on call, who does it outside of Lastgood.
 */
by_hand: boolean, };

/**
 * The release that a remark is about, as far as it was known then.
 */
export type Named = { 
/**
 * The platform's handle.
 */
id: ReleaseId, 
/**
 * The version in words.
 */
version: string, 
/**
 * The artifact's digest; `null` when not recorded.
 */
digest: string | null, 
/**
 * The commit it was built from; `null` when not recorded.
 */
commit: string | null, };

/**
 * What must be given with an answer.
 */
export type Needs = { "is": "nothing" } | { "is": "reason" } | { "is": "observation", 
/**
 * What to write down.
 */
label: string, 
/**
 * Whether it may be left out.
 */
optional: boolean, };

/**
 * Nothing is asked.
 */
export type Nothing = Record<string, never>;

/**
 * What a gate says of a release.
 */
export type Objection = { 
/**
 * Which gate.
 */
gate: Gate, 
/**
 * In one sentence.
 */
why: string, };

/**
 * Whether a way is open.
 */
export type Openness = { "is": "open" } | { "is": "closed", 
/**
 * Why not.
 */
why: string, } | { "is": "unknown", 
/**
 * What is not known.
 */
why: string, };

/**
 * Orders something that a run did not ask for.
 */
export type Order = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * What is ordered.
 */
order: OrderKind, 
/**
 * The note, or the reason.
 */
text: string | null, };

/**
 * What can be ordered at any time.
 */
export type OrderKind = "hold" | "release" | "note" | "abort";

/**
 * Where a line was taken from, and what it is called there: what makes a second import of
 * the same thing known.
 */
export type Origin = { 
/**
 * The system: `alertmanager`, `github`, `slack`, `csv`.
 */
system: string, 
/**
 * Its own name for it, or a hash of its contents.
 */
id: string, };

/**
 * What a line first said.
 */
export type OriginalView = { 
/**
 * When it happened, as it was first recorded.
 */
at: EpochMs, 
/**
 * What happened, as it was first recorded.
 */
text: string, };

/**
 * How long others took.
 */
export type Others = { 
/**
 * How many there are.
 */
runs: number, 
/**
 * The one in the middle; `null` where there is none.
 */
median: Millis | null, 
/**
 * The shortest; `null` where there is none.
 */
best: Millis | null, };

/**
 * How a run ended.
 */
export type Outcome = { "is": "recovered" } | { "is": "unproven", 
/**
 * Why not.
 */
why: string, } | { "is": "not-recovered", 
/**
 * Which, and why.
 */
why: string, } | { "is": "declined", 
/**
 * Why.
 */
reason: string, } | { "is": "aborted", 
/**
 * Why.
 */
reason: string, };

/**
 * A blocking finding that is overridden.
 */
export type Override = { 
/**
 * The finding's subject.
 */
subject: string, 
/**
 * Why.
 */
reason: string, };

/**
 * The paper that a PDF is made for.
 */
export type Paper = "a4" | "letter";

/**
 * A part of the postmortem that a person wrote.
 */
export type Part = { 
/**
 * Its name, such as `summary`.
 */
name: string, 
/**
 * What it says, in Markdown.
 */
text: string, 
/**
 * Who wrote it last.
 */
by: Person, };

/**
 * A part of a service that does worse than the rest of it.
 */
export type PartView = { 
/**
 * The version that serves it.
 */
version: string, 
/**
 * The share of all requests that it answered, 0 to 1.
 */
share: number, 
/**
 * How it does by the objective that it breaks the most.
 */
judgement: Judgement, };

/**
 * Something that a person decided.
 */
export type PastDecision = { 
/**
 * When, in the run's world.
 */
at: EpochMs, 
/**
 * Who.
 */
by: Person, 
/**
 * Where: `with the plan in front of them`, or the title of a step.
 */
place: string, 
/**
 * What.
 */
deed: Deed, 
/**
 * The same in words: `looked again`.
 */
words: string, 
/**
 * Why, if they said so.
 */
reason: string | null, 
/**
 * How it looks.
 */
looks: Looks, 
/**
 * Why it looks like that; `null` where nothing is said of it.
 */
because: string | null, };

/**
 * Who did something, as the host knows them: a login, a mail address.
 */
export type Person = string;

/**
 * What a person can answer.
 */
export type PersonAnswer = "yes" | "no" | "not-applicable";

/**
 * The five phases of a rollback, in order.
 */
export type Phase = "detect" | "stop" | "roll-back" | "verify" | "capture";

/**
 * A phase of the runbook and its time.
 */
export type PhaseTime = { 
/**
 * Which.
 */
phase: Phase, 
/**
 * What a person reads.
 */
title: string, 
/**
 * When its first step began.
 */
from: EpochMs, 
/**
 * From there to the last that happened in it.
 */
took: Millis, };

/**
 * A service in an environment: what a run is about. Every mutating thing carries it.
 */
export type Place = { 
/**
 * The service.
 */
service: ServiceName, 
/**
 * The environment.
 */
environment: EnvironmentName, };

/**
 * How one service does.
 */
export type PlaceHealth = { 
/**
 * Which.
 */
place: Place, 
/**
 * In a word.
 */
state: HealthState, 
/**
 * How many times faster than allowed the worst objective spends its budget; `null` when
 * nothing is known of any.
 */
burn: number | null, 
/**
 * Each objective over the last ten minutes, with its line over the whole window.
 */
objectives: Array<Judgement>, 
/**
 * The release that burns while another one beside it does not: a canary that the whole
 * still hides; `null` where none does, or where the series do not tell releases apart.
 */
part: PartView | null, 
/**
 * The newest deploy before it began to burn, also when its rollout has long ended;
 * `null` where nothing burns or nothing was deployed in the window.
 */
suspect: SuspectView | null, };

/**
 * What was said of the releases of one place.
 */
export type PlaceMarks = { 
/**
 * Which place.
 */
place: Place, 
/**
 * The world that it is part of: a platform's coordinates, or a practice world.
 */
world: string, 
/**
 * The locks that hold.
 */
locks: Array<HeldLock>, 
/**
 * Everything that was ever said, newest first.
 */
remarks: Array<RemarkRow>, };

/**
 * A service in an environment.
 */
export type PlaceView = { 
/**
 * Which.
 */
place: Place, 
/**
 * What runs it.
 */
platform: PlatformKind, 
/**
 * How releases get there.
 */
strategy: Strategy, 
/**
 * The coordinates in words.
 */
coordinates: string, 
/**
 * The runbook that the catalog proposes.
 */
runbook: RunbookName | null, 
/**
 * Who meets what runs there, where the catalog says it.
 */
tier: Tier | null, };

/**
 * Asks about a plan that was shown.
 */
export type PlanQuery = { 
/**
 * The short name of the plan, as it was shown.
 */
hash: string, };

/**
 * Asks for a plan.
 */
export type PlanRequest = { 
/**
 * Where.
 */
place: Place, 
/**
 * Which runbook; the catalog's proposal when absent.
 */
runbook: RunbookName | null, 
/**
 * The release to go back to, by its id or version. `last-good` takes the proposal.
 */
target: string, 
/**
 * What the runbook asks for.
 */
inputs: { [key in string]: string }, };

/**
 * One step of a plan.
 */
export type PlanStepView = { 
/**
 * Unique in the plan.
 */
id: StepId, 
/**
 * Verb and object.
 */
title: string, 
/**
 * Which phase.
 */
phase: Phase, 
/**
 * `judge`, `act`, `check`, `decide`, `wait`, `verify`, `manual` or `note`.
 */
kind: string, 
/**
 * Why one does this.
 */
why: string | null, 
/**
 * What will happen, in a sentence.
 */
what: string, 
/**
 * What the person should see afterwards.
 */
expect: string | null, 
/**
 * What must hold for it to be needed.
 */
when: string | null, 
/**
 * Whether a person must say go.
 */
confirm: boolean, 
/**
 * How far it can be taken back.
 */
reversibility: Reversibility, 
/**
 * The change, for a step that makes one.
 */
effect: EffectView | null, 
/**
 * What takes it back.
 */
undo: EffectView | null, 
/**
 * How long it may take.
 */
timeout: Millis | null, };

/**
 * A plan in full.
 */
export type PlanView = { 
/**
 * A short name for exactly this plan; starting it names it again.
 */
hash: string, 
/**
 * What it does.
 */
title: string, 
/**
 * The runbook it was made from.
 */
runbook: RunbookName, 
/**
 * Where.
 */
place: Place, 
/**
 * The coordinates in words.
 */
coordinates: string, 
/**
 * How releases get there.
 */
strategy: Strategy, 
/**
 * The release to get away from.
 */
from: ReleaseView, 
/**
 * The release to go back to.
 */
to: ReleaseView, 
/**
 * What is to become of the release in front.
 */
change: FateView, 
/**
 * Why this target.
 */
because: string, 
/**
 * In the order of work.
 */
steps: Array<PlanStepView>, 
/**
 * What was checked before the first change.
 */
findings: Array<Finding>, 
/**
 * The worst of them.
 */
worst: Grade, 
/**
 * What this rollback does not restore.
 */
not_restored: Array<string>, 
/**
 * What could be done besides or instead, the cheapest safe way first.
 */
mitigations?: Array<Mitigation>, 
/**
 * What ran when it was made.
 */
running: string, 
/**
 * The scenario, when it is a drill.
 */
drill: string | null, 
/**
 * What is rehearsed, when it is a drill on a real system: what it does there is real.
 */
exercise?: string, 
/**
 * When it was made.
 */
made_at: EpochMs, };

/**
 * The platforms by kind, for runbooks that fit only some of them.
 */
export type PlatformKind = "practice" | "kubernetes" | "ecs" | "lambda";

/**
 * One point of a chart.
 */
export type Point = { 
/**
 * End of the interval.
 */
at: EpochMs, 
/**
 * Share of bad requests in it, 0 to 1; `None` where nothing is known.
 */
rate: number | null, };

/**
 * The findings of a plan that was made and not kept.
 */
export type PreflightView = { 
/**
 * Where.
 */
place: Place, 
/**
 * The coordinates in words.
 */
coordinates: string, 
/**
 * The runbook.
 */
runbook: RunbookName, 
/**
 * The version to get away from.
 */
from: string, 
/**
 * The version to go back to.
 */
to: string, 
/**
 * Why this target.
 */
because: string, 
/**
 * What ran when it was looked at.
 */
running: string, 
/**
 * In the order in which they should be read: what blocks comes first.
 */
findings: Array<Finding>, 
/**
 * The worst of them.
 */
worst: Grade, 
/**
 * Whether the first change would be refused without an override.
 */
blocked: boolean, 
/**
 * What the rollback will not restore.
 */
not_restored: Array<string>, 
/**
 * What could be done besides or instead, the cheapest safe way first.
 */
mitigations: Array<Mitigation>, 
/**
 * The scenario, when it is a drill.
 */
drill: string | null, 
/**
 * What is rehearsed, when it is a drill on a real system: what it does there is real.
 */
exercise?: string, 
/**
 * When it was looked at.
 */
at: EpochMs, };

/**
 * What can be done to a drill from outside of it.
 */
export type PresentAct = { "do": "move", 
/**
 * Its name.
 */
id: string, } | { "do": "pause" } | { "do": "go-on" } | { "do": "speed", 
/**
 * How many seconds of the practice world go by in one second, 0.1 to 1000.
 */
times: number, };

/**
 * Does something to a drill from outside of it.
 */
export type PresentRequest = { 
/**
 * Which run; it must be a drill that goes on, here or in another process.
 */
run: RunId, 
/**
 * What.
 */
act: PresentAct, };

/**
 * Something that was done to a drill from outside of it.
 */
export type PresentedAct = { 
/**
 * When, in the run's world.
 */
at: EpochMs, 
/**
 * Who.
 */
by: Person, 
/**
 * What, in words.
 */
words: string, };

/**
 * How a drill stands for whoever presents it.
 */
export type PresenterView = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * What can be made to happen.
 */
moves: Array<MoveView>, 
/**
 * How many seconds of the practice world go by in one second; `null` for as fast as it
 * goes, where nothing of this can be changed.
 */
speed: number | null, 
/**
 * Whether its clock is stopped.
 */
paused: boolean, 
/**
 * What was just done, in words.
 */
done: string | null, };

/**
 * A question to the database that changes nothing.
 */
export type Probe = { 
/**
 * One `SELECT`. No row: safe at that moment. A row: the old release breaks.
 */
sql: string, 
/**
 * What a row would mean, in a few words.
 */
finds: string, };

/**
 * What a probe found.
 */
export type ProbeFound = "empty" | "row" | "unknown";

/**
 * A probe and its answer.
 */
export type Probed = { 
/**
 * The question.
 */
sql: string, 
/**
 * What a row means.
 */
finds: string, 
/**
 * What was found.
 */
answer: ProbeFound, 
/**
 * Why it is not known.
 */
why: string | null, };

/**
 * An error as a person meets it.
 */
export type Problem = { 
/**
 * Decides behaviour.
 */
code: Code, 
/**
 * One sentence per layer, from what we tried down to the cause; never empty.
 */
chain: Array<string>, 
/**
 * What to try next, as a sentence.
 */
hint: string | null, };

/**
 * How far the opposite is shown: that the new release is well.
 */
export type Proof = { 
/**
 * The rate of bad requests that a pass excludes.
 */
exclude: number, 
/**
 * The evidence that the rate is below; 20 passes.
 */
evidence: number, 
/**
 * The largest rate that the counts leave possible, with 95 % confidence at one look.
 */
upper_bound: number, 
/**
 * How many more requests, all of them good, would pass; `null` when none would.
 */
still_needed: number | null, };

/**
 * A run that ended with proven recovery.
 */
export type ProvenRun = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * When it ended, on the wall.
 */
at: EpochMs, 
/**
 * The scenario, when it was a drill in the practice world.
 */
drill: string | null, 
/**
 * The hash of the runbook as it was then, hex.
 */
runbook_digest: string, };

/**
 * How a place stands against every checklist.
 */
export type Readiness = { 
/**
 * Where.
 */
place: Place, 
/**
 * When it was looked at, on the wall.
 */
at: EpochMs, 
/**
 * In the order of their files.
 */
lists: Array<ReadinessList>, 
/**
 * How many items of all lists stand how.
 */
tally: ReadinessTally, 
/**
 * The same in a sentence.
 */
sentence: string, 
/**
 * What keeps this from being all, as sentences.
 */
doubts: Array<string>, };

/**
 * An item and how it stands.
 */
export type ReadinessItem = { 
/**
 * Its id.
 */
id: ItemId, 
/**
 * What should be true.
 */
title: string, 
/**
 * What goes wrong without it.
 */
why: string, 
/**
 * How it stands.
 */
status: ItemStatus, 
/**
 * Whose word that is.
 */
decided_by: DecidedBy, 
/**
 * The reason, in a line.
 */
sentence: string, 
/**
 * What Lastgood sees; `null` where only a person can tell.
 */
fact: FactAnswer | null, 
/**
 * How long a person's answer holds.
 */
due_again_after: Millis, 
/**
 * What people answered, newest first.
 */
history: Array<GivenAnswer>, };

/**
 * A checklist and how its items stand.
 */
export type ReadinessList = { 
/**
 * Its name.
 */
name: ChecklistName, 
/**
 * Its title.
 */
title: string, 
/**
 * In the order of the file.
 */
items: Array<ReadinessItem>, 
/**
 * How many stand how.
 */
tally: ReadinessTally, 
/**
 * The same in a sentence.
 */
sentence: string, };

/**
 * How many items stand how. `items` are those that concern the service.
 */
export type ReadinessTally = { 
/**
 * All that concern the service.
 */
items: number, 
/**
 * Of these, those that hold.
 */
hold: number, 
/**
 * Of these, those that do not.
 */
do_not_hold: number, 
/**
 * Of these, those of which nobody knows.
 */
open: number, 
/**
 * Of these, those of which somebody knew too long ago.
 */
overdue: number, 
/**
 * Those that do not concern it.
 */
not_applicable: number, };

/**
 * The evidence record of a release; `null` means that nobody recorded it.
 */
export type RecordView = { 
/**
 * When it was last deployed.
 */
deployed_at: EpochMs, 
/**
 * When it last stopped serving.
 */
ended_at: EpochMs | null, 
/**
 * Why it stopped serving.
 */
end_reason: EndReason, 
/**
 * How long it served since a rollback last went away from it.
 */
served: Millis, 
/**
 * How its last deploy ended, as the platform says.
 */
status: DeployOutcome, 
/**
 * The largest share of traffic that it had, 0 to 1.
 */
peak_share: number | null, 
/**
 * Requests that it answered.
 */
requests: number | null, 
/**
 * The bad ones among them.
 */
bad: number | null, 
/**
 * The worst upper 95 % bound of the share of bad requests over all objectives.
 */
upper_bound_95: number | null, 
/**
 * The largest value that any test against an objective reached.
 */
e_abs_max: number | null, 
/**
 * Incidents in which it was under suspicion.
 */
incidents: Array<string>, 
/**
 * The run whose verification proved it.
 */
verified_by: RunId | null, };

/**
 * What speaks for or against a recovery.
 */
export type RecoveryEvidence = { 
/**
 * Evidence that the share of bad requests is below `tolerated`.
 */
e_recovered: number, 
/**
 * The largest evidence so far that the objective is broken.
 */
e_breach: number, 
/**
 * The share that is to be ruled out, 0 to 1: twice the budget, or a quarter of what
 * the incident did.
 */
tolerated: number, 
/**
 * The share of bad requests in the incident, if it was measured.
 */
incident: number | null, 
/**
 * Evidence from which on it is recovered.
 */
pass_at: number, 
/**
 * Evidence from which on it is not.
 */
fail_at: number, 
/**
 * How many more requests, all of them good, would show it; `None` when the contrary
 * is shown.
 */
still_needed: number | null, };

/**
 * What can be replaced. Secrets are never in a document to begin with.
 */
export type Redact = "names" | "hosts";

/**
 * What is known of a runbook at a place.
 */
export type Rehearsal = { 
/**
 * Where.
 */
place: Place, 
/**
 * Which runbook.
 */
runbook: RunbookName, 
/**
 * The last run that proved it; `null` when none did on this machine.
 */
last: ProvenRun | null, 
/**
 * Whether the runbook has changed since.
 */
changed: boolean, 
/**
 * Whether the team's limit has passed.
 */
overdue: boolean, 
/**
 * The same in a sentence.
 */
sentence: string, };

/**
 * Whether a drill went well, and what was really the matter.
 */
export type Rehearsed = { 
/**
 * Whether the scenario's rule is met; `false` while the run goes on.
 */
met: boolean, 
/**
 * What the rule asks for and what came of it, in a sentence.
 */
sentence: string, 
/**
 * What was really the matter.
 */
truth: string, };

/**
 * One release with the proposal of where to go back to from what runs now.
 */
export type ReleaseDetail = { 
/**
 * The deploy.
 */
deploy: DeployRow, 
/**
 * What runs there now, in a line.
 */
running: string, 
/**
 * The release to go back to; `null` when none may be.
 */
target: ReleaseId | null, 
/**
 * Why this one, or why none.
 */
because: string, 
/**
 * Why it comes before the next one; `null` without a choice.
 */
ahead: string | null, 
/**
 * Which release is the newest that the database schema lets run, where it rules out a
 * newer one.
 */
schema?: string, 
/**
 * The best candidates, best first; 200 at the most.
 */
candidates: Array<CandidateView>, 
/**
 * How many releases were considered.
 */
considered: number, };

/**
 * A release in an environment; the platform chooses it (a `ReplicaSet`'s revision, a
 * task definition, a function version).
 */
export type ReleaseId = string;

/**
 * Asks for one release and where to go back to.
 */
export type ReleaseQuery = { 
/**
 * Where.
 */
place: Place, 
/**
 * Which; the one in front when absent.
 */
release: ReleaseId | null, };

/**
 * A release with everything that is known about it.
 */
export type ReleaseView = { 
/**
 * The platform's own handle.
 */
id: ReleaseId, 
/**
 * The version in words.
 */
version: string, 
/**
 * The artifact as deployed.
 */
artifact: string, 
/**
 * `sha256:…`; `null` when not recorded, as for all that follows.
 */
digest: string | null, 
/**
 * The commit it was built from.
 */
commit: string | null, 
/**
 * What changed.
 */
changelog: string | null, 
/**
 * The schema migration version it expects.
 */
schema_version: string | null, 
/**
 * Flags that it toggled or needs.
 */
flags: Array<FlagView> | null, 
/**
 * How to go back from it.
 */
rollback: Rollback | null, 
/**
 * Money per thousand requests.
 */
cost: number | null, };

/**
 * Asks for recent deploys.
 */
export type ReleasesQuery = { 
/**
 * Only this service.
 */
service: string | null, 
/**
 * Only this environment.
 */
environment: string | null, 
/**
 * Only deploys that began before this.
 */
before: EpochMs | null, 
/**
 * How many at the most; 50 when absent, 500 at the most.
 */
limit: number | null, };

/**
 * Recent deploys of all services, newest first.
 */
export type ReleasesView = { 
/**
 * When it was asked.
 */
at: EpochMs, 
/**
 * Newest first.
 */
deploys: Array<DeployRow>, 
/**
 * Whether older ones exist.
 */
more: boolean, 
/**
 * Every place of the catalog with what runs there.
 */
running: Array<RunningView>, 
/**
 * What could not be looked up, as sentences; never an empty list in its stead.
 */
doubts: Array<string>, };

/**
 * One remark.
 */
export type RemarkRow = { 
/**
 * When it was said, in the world that it is about.
 */
at: EpochMs, 
/**
 * When it was recorded, on the wall.
 */
recorded_at: EpochMs, 
/**
 * Who said it, or who started the run that did.
 */
by: Person, 
/**
 * Of which release.
 */
release: Named, 
/**
 * What.
 */
says: Saying, 
/**
 * The same in words.
 */
sentence: string, };

/**
 * How a run stood after one entry of its journal.
 */
export type ReplayFrame = { 
/**
 * The entry.
 */
seq: number, 
/**
 * When it happened, in the run's world.
 */
at: EpochMs, 
/**
 * When it was recorded, on the wall.
 */
recorded_at: EpochMs, 
/**
 * The time since the run started, in its world.
 */
after: Millis, 
/**
 * How the run stood then.
 */
status: RunStatus, 
/**
 * The same in a sentence.
 */
sentence: string, 
/**
 * The phase of the step that was current.
 */
phase: Phase | null, 
/**
 * The step that was current.
 */
step: StepId | null, 
/**
 * What a person was asked then.
 */
question: string | null, 
/**
 * What the timeline says of the entry; nothing where nobody needs to read it.
 */
lines: Array<LogLine>, };

/**
 * Which run is to be seen again, and up to where.
 */
export type ReplayQuery = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * The entry after which it is to be shown; the last one if absent.
 */
seq?: number, 
/**
 * Only what was shown then, without the frames: for whoever has them already.
 */
without_frames?: boolean, };

/**
 * A run from its first entry to its last.
 */
export type ReplayView = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * What it did.
 */
title: string, 
/**
 * Where.
 */
place: Place, 
/**
 * The scenario, when it was a drill.
 */
drill: string | null, 
/**
 * What was rehearsed, when it was a drill on a real system: what it did there was real.
 */
exercise?: string, 
/**
 * When it started, in its world.
 */
started_at: EpochMs, 
/**
 * How it stood after each entry, oldest first; none when they were not asked for.
 */
frames: Array<ReplayFrame>, 
/**
 * What was shown after the entry that was asked for.
 */
view: RunView, };

/**
 * Which version one replica answers with.
 */
export type ReplicaAnswer = { 
/**
 * The replica's name.
 */
replica: string, 
/**
 * Whether the platform counts it as ready.
 */
ready: boolean, 
/**
 * The artifact that the platform says it runs.
 */
artifact: string | null, 
/**
 * The version that it answers with when asked; `None` when it could not be asked.
 */
version: string | null, 
/**
 * Why it could not be asked.
 */
doubt: string | null, 
/**
 * When it last restarted by itself, if it did and the platform tells.
 */
restarted_at?: EpochMs | null, };

/**
 * How far an effect can be taken back.
 */
export type Reversibility = "read-only" | "reversible" | "irreversible";

/**
 * What a slot is for.
 */
export type Role = "forward" | "undo";

/**
 * How a team said one goes back from a release.
 */
export type Rollback = { "command": string } | { "runbook": string };

/**
 * What speaks for or against a release.
 */
export type RolloutEvidence = { 
/**
 * What to do about it.
 */
decision: Decision, 
/**
 * The releases that served beside it and that it was compared with; empty when it
 * could only be held against the objective.
 */
baseline: Array<string>, 
/**
 * What the decision rests on.
 */
statistics: Statistics, 
/**
 * When each threshold was reached.
 */
crossings: Crossings, 
/**
 * Evidence against the objective from which on the rollout is to be stopped.
 */
pause_at: number, 
/**
 * Evidence from which on going back is proposed.
 */
rollback_at: number, 
/**
 * Evidence that it is worse at all, from which on a broken objective alone proposes to
 * go back; `None` in records from before it was told.
 */
support_at?: number, 
/**
 * How clumped errors are taken to be, and whether that was learned; `None` in records
 * from before it was told.
 */
spread?: Spread, };

/**
 * Whether traffic is moving from one release to another.
 */
export type RolloutState = { "is": "settled" } | { "is": "progressing" } | { "is": "halted" } | { "is": "stuck", 
/**
 * What the platform says.
 */
why: string, } | { "is": "unknown", 
/**
 * What is missing.
 */
why: string, };

/**
 * One execution of a plan.
 */
export type RunId = string;

/**
 * Names a run.
 */
export type RunQuery = { 
/**
 * Which run.
 */
run: RunId, };

/**
 * A run as a row in a list.
 */
export type RunRow = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * What it does.
 */
title: string, 
/**
 * Where.
 */
place: Place, 
/**
 * The scenario, when it is a drill.
 */
drill: string | null, 
/**
 * What is rehearsed, when it is a drill on a real system: what it does there is real.
 */
exercise?: string, 
/**
 * When it was created.
 */
started_at: EpochMs, 
/**
 * When it ended; `null` while anything can still happen in it.
 */
ended_at: EpochMs | null, 
/**
 * How it stands.
 */
status: RunStatus, 
/**
 * The same in a sentence.
 */
sentence: string, 
/**
 * Who drives it, where that is another process than the one that tells: what it asks is
 * asked there.
 */
driven_by?: Person, 
/**
 * The versions: from, to.
 */
from: string, 
/**
 * The release that it goes back to.
 */
to: string, 
/**
 * What became of the release in front, told from what was done.
 */
change: FateView, };

/**
 * How a run stands.
 */
export type RunStatus = "working" | "needs-you" | "held" | "interrupted" | "recovered" | "ended" | "newer" | "unreadable";

/**
 * A run in full.
 */
export type RunView = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * Grows with every view of the run; a smaller one is older and may be dropped.
 */
revision: number, 
/**
 * What it does.
 */
title: string, 
/**
 * Where.
 */
place: Place, 
/**
 * The coordinates in words.
 */
coordinates: string, 
/**
 * The release to get away from.
 */
from: ReleaseView, 
/**
 * The release to go back to.
 */
to: ReleaseView, 
/**
 * What became of the release in front, told from what was done.
 */
change: FateView, 
/**
 * The scenario, when it is a drill.
 */
drill: string | null, 
/**
 * What is rehearsed, when it is a drill on a real system: what it does there is real.
 */
exercise?: string, 
/**
 * The short name of its plan.
 */
plan_hash: string, 
/**
 * Who started it.
 */
started_by: Person, 
/**
 * The time in the run's world.
 */
now: EpochMs, 
/**
 * When it started.
 */
started_at: EpochMs, 
/**
 * How it stands.
 */
status: RunStatus, 
/**
 * The same in a sentence.
 */
sentence: string, 
/**
 * How it ended.
 */
outcome: Outcome | null, 
/**
 * Whether a process drives it; without one nothing goes on.
 */
driven: boolean, 
/**
 * Who drives it, where that is another process than the one that tells; absent otherwise.
 * Then it can only be looked at here, or taken over.
 */
driven_by?: Person, 
/**
 * The phase of the current step.
 */
phase: Phase | null, 
/**
 * The step that is current.
 */
current: StepId | null, 
/**
 * Every step in order, compensations last.
 */
steps: Array<StepView>, 
/**
 * What a person is asked.
 */
ask: AskView | null, 
/**
 * What goes on at this moment.
 */
activity: Activity | null, 
/**
 * The newest judgement of each objective since what serves was changed last, for charts;
 * each says until when it counted. Empty where nothing was measured since: not known.
 */
judgements: Array<Judgement>, 
/**
 * The key times so far.
 */
moments: Array<MomentView>, 
/**
 * The newest lines of the timeline, oldest first.
 */
log: Array<LogLine>, 
/**
 * How many entries of the journal came before these lines; the timeline has them all.
 */
log_earlier: number, 
/**
 * What the rollback does not restore; stays true after the run, and is empty where none
 * took place.
 */
not_restored: Array<string>, 
/**
 * What could be taken back if the run were aborted now, the last done first.
 */
undoable: Array<string>, };

/**
 * A runbook, by the name in its file.
 */
export type RunbookName = string;

/**
 * A runbook in a list.
 */
export type RunbookView = { 
/**
 * Which.
 */
name: RunbookName, 
/**
 * What it does.
 */
title: string, 
/**
 * When to use it.
 */
summary: string | null, 
/**
 * The platforms it fits; empty means all.
 */
platforms: Array<PlatformKind>, 
/**
 * The strategies it fits; empty means all.
 */
strategies: Array<Strategy>, 
/**
 * How many steps it has.
 */
steps: number, 
/**
 * What it asks for.
 */
inputs: Array<InputView>, };

/**
 * What runs in one place.
 */
export type RunningView = { 
/**
 * Where.
 */
place: Place, 
/**
 * In one line; `null` when it could not be looked up.
 */
sentence: string | null, 
/**
 * Whether a rollout is under way; `null` when it could not be looked up.
 */
rollout: RolloutState | null, 
/**
 * The version in front.
 */
version: string | null, 
/**
 * The team that answers for it.
 */
owner: string | null, 
/**
 * Whom to call.
 */
escalation: string | null, 
/**
 * Pages to open.
 */
dashboards: Array<Link>, 
/**
 * The runbook that the catalog proposes.
 */
runbook: string | null, };

/**
 * What was counted, and what is missing.
 */
export type Samples = { 
/**
 * Requests of the new release.
 */
canary: Counts, 
/**
 * Requests of the old release in the same ticks; `null` without any row of it there.
 */
baseline: Counts | null, 
/**
 * Ticks from the first row of the new release on.
 */
ticks: number, 
/**
 * Ticks before that: they tell how clumped the old release's errors are.
 */
ticks_before: number, 
/**
 * Ticks in which nothing is known of the new release, gaps included.
 */
canary_missing: number, 
/**
 * Ticks in which nothing is known of the old release, where there is one.
 */
baseline_missing: number, };

/**
 * Where an export was saved.
 */
export type SavedView = { 
/**
 * The file.
 */
path: string, };

/**
 * What can be said.
 */
export type Say = { "say": "note", 
/**
 * What, in Markdown.
 */
text: string, 
/**
 * When; now when absent.
 */
at: GivenTime | null, 
/**
 * What it is about; a note when absent.
 */
kind: LineKind | null, 
/**
 * Who did it, when that is not who writes it down.
 */
actor: Person | null, } | { "say": "amend", 
/**
 * Which.
 */
line: LineId, 
/**
 * How; the text stays when absent.
 */
text: string | null, 
/**
 * When; the time stays when absent.
 */
at: GivenTime | null, } | { "say": "hide", 
/**
 * Which.
 */
line: LineId, 
/**
 * Why.
 */
reason: string, } | { "say": "show", 
/**
 * Which.
 */
line: LineId, } | { "say": "star", 
/**
 * Which.
 */
line: LineId, } | { "say": "unstar", 
/**
 * Which.
 */
line: LineId, } | { "say": "phase", 
/**
 * Which point.
 */
milestone: Milestone, 
/**
 * When; the mark is taken back when absent.
 */
at: GivenTime | null, } | { "say": "follow-up", 
/**
 * Which one is changed; a new one is made when absent.
 */
number: number | null, 
/**
 * What is to be done.
 */
title: string | null, 
/**
 * Who does it.
 */
owner: string | null, 
/**
 * Until which day, `2026-12-01`.
 */
due: string | null, 
/**
 * Where it is tracked, an `https` address.
 */
link: string | null, 
/**
 * Where it stands.
 */
status: FollowUpStatus | null, } | { "say": "write", 
/**
 * Its name, such as `summary`.
 */
part: string, 
/**
 * What it says, in Markdown; empty takes it away.
 */
text: string, };

/**
 * What can be said of a release. Names are never changed or reused.
 */
export type Saying = { "says": "marked-good", 
/**
 * Why.
 */
reason: string, } | { "says": "marked-faulty", 
/**
 * Why.
 */
reason: string, } | { "says": "unmarked", 
/**
 * Why.
 */
reason: string, 
/**
 * The run that took its own rollback back, if one did.
 */
run: RunId | null, } | { "says": "rolled-back", 
/**
 * Which run.
 */
run: RunId, 
/**
 * The version that it went to.
 */
to: string, } | { "says": "culprit", 
/**
 * The run that proved it.
 */
run: RunId, 
/**
 * What was wrong, in a sentence.
 */
why: string, } | { "says": "verified", 
/**
 * Which run.
 */
run: RunId, } | { "says": "locked", 
/**
 * Why.
 */
reason: string, 
/**
 * The run that locked it, if one did.
 */
run: RunId | null, 
/**
 * What would bring it back if nobody stops it, as sentences.
 */
brings_back: Array<string>, } | { "says": "lock-lifted", 
/**
 * On what grounds.
 */
lift: Lift, } | { "says": "unknown" };

/**
 * A drill scenario, by the name in its file.
 */
export type ScenarioName = string;

/**
 * A drill scenario in a list.
 */
export type ScenarioView = { 
/**
 * Which.
 */
name: ScenarioName, 
/**
 * What a person reads.
 */
title: string, 
/**
 * What it rehearses.
 */
summary: string, 
/**
 * How long it takes, about.
 */
minutes: number, 
/**
 * The service in trouble.
 */
place: Place, 
/**
 * The runbook to rehearse.
 */
runbook: RunbookName, 
/**
 * When it was last run to its end here; `null` for never.
 */
last_done: EpochMs | null, };

/**
 * What was found about migrations.
 */
export type SchemaAnswer = { "from": "texts", 
/**
 * A label for every statement.
 */
report: SchemaReport, } | { "from": "database", 
/**
 * What is ahead, and what the database answered.
 */
report: DatabaseReport, };

/**
 * What was found in a file.
 */
export type SchemaFile = { 
/**
 * The path, as it was given.
 */
path: string, 
/**
 * The worst label in it.
 */
worst: Label, 
/**
 * Its statements.
 */
statements: Array<SchemaStatement>, };

/**
 * What was found.
 */
export type SchemaReport = { 
/**
 * The worst label of all statements.
 */
worst: Label, 
/**
 * The files, in the order in which they were taken.
 */
files: Array<SchemaFile>, 
/**
 * What to ask the database, each once.
 */
probes: Array<Probe>, };

/**
 * Asks whether an older release can run after some migrations.
 */
export type SchemaRequest = { "ask": "texts", 
/**
 * The migrations between the older release and now.
 */
files: Array<MigrationText>, 
/**
 * What was there before them; may be empty.
 */
before: Array<MigrationText>, 
/**
 * The language of both.
 */
dialect: Dialect, } | { "ask": "database", 
/**
 * The name of the secret that holds the database's URL.
 */
secret: string, 
/**
 * All migrations that the older release brings.
 */
release: Array<MigrationText>, 
/**
 * All migrations of the newest release: the texts of what is ahead.
 */
newest: Array<MigrationText>, 
/**
 * Which table, as `schema.name`, where several tools keep one.
 */
table: string | null, };

/**
 * What was found about a statement.
 */
export type SchemaStatement = { 
/**
 * The line on which it begins, from 1.
 */
line: number, 
/**
 * Its first byte in the file.
 */
start: number, 
/**
 * The byte after its last.
 */
end: number, 
/**
 * The label.
 */
label: Label, 
/**
 * Whether it breaks by refusing what the older release may write.
 */
tighten: boolean, 
/**
 * Why, in one line.
 */
reason: string, 
/**
 * What to ask the database.
 */
probes: Array<Probe>, 
/**
 * What applying it locks. Says nothing about going back.
 */
lock: Lock | null, 
/**
 * The beginning of the statement, on one line.
 */
sql: string, };

/**
 * A service of the catalog, such as `checkout`.
 */
export type ServiceName = string;

/**
 * A service-level objective of an environment, such as `availability`.
 */
export type SloName = string;

/**
 * Who or what a line comes from.
 */
export type Source = { "kind": "machine" } | { "kind": "person", 
/**
 * Who.
 */
name: Person, };

/**
 * A piece of a sentence. Texts are as they are; whoever renders them escapes them.
 */
export type Span = { "as": "text", "text": string } | { "as": "strong", "text": string } | { "as": "code", "text": string };

/**
 * How clumped errors are taken to be, and what that rests on.
 */
export type Spread = { 
/**
 * The size of clumps, at least one: evidence that counts each error is tempered by it.
 */
phi: number, 
/**
 * Whether it was learned from the time before the rollout. If not, it is assumed.
 */
learned: boolean, 
/**
 * How many pairs of stretches with errors it was learned from, or would have been.
 */
pairs: number, };

/**
 * What is known about a release in an environment.
 */
export type Standing = "serving" | "soaking" | "good" | "faulty" | "rolled-back" | "unknown";

/**
 * Asks for a plan to be run.
 */
export type StartRequest = { 
/**
 * The short name of the plan, as it was shown.
 */
hash: string, 
/**
 * The blocking findings that are overridden, each with a reason.
 */
overrides: Array<Override>, 
/**
 * Why this way and no other of those that were weighed; kept in the timeline.
 */
choice?: string, };

/**
 * Everything that the decision rests on. Evidence is told up to [`LARGEST`].
 */
export type Statistics = { 
/**
 * Ticks taken into account.
 */
ticks: number, 
/**
 * Ticks in which nothing is known of the canary.
 */
ticks_without_canary: number, 
/**
 * Requests of the canary.
 */
canary: Counts, 
/**
 * Requests of the old release beside it.
 */
baseline: Counts, 
/**
 * Evidence that the canary is more than `r0` times worse than the old release.
 */
e_ratio: number, 
/**
 * Evidence that it is worse at all.
 */
e_worse: number, 
/**
 * Evidence that the canary breaks the objective.
 */
e_abs_canary: number, 
/**
 * Evidence that the old release does.
 */
e_abs_baseline: number, 
/**
 * The largest that ever was.
 */
max_e_abs_baseline: number, 
/**
 * Always-valid p-value for "the canary is at most `r0` times worse".
 */
p_value: number, 
/**
 * The dispersion of the old release's errors, at least one.
 */
phi: number, 
/**
 * How many times worse the canary may be.
 */
r0: number, };

/**
 * A step of a runbook; unique in it.
 */
export type StepId = string;

/**
 * Where a step stands, for a glyph and a word.
 */
export type StepStatus = "will" | "working" | "needs-you" | "held" | "in-doubt" | "done" | "failed" | "skipped" | "accepted" | "not-needed" | "passed-over";

/**
 * One step of a run.
 */
export type StepView = { 
/**
 * Unique among the steps of its role.
 */
id: StepId, 
/**
 * Whether it does the step or takes it back.
 */
role: Role, 
/**
 * Verb and object.
 */
title: string, 
/**
 * Which phase.
 */
phase: Phase, 
/**
 * `judge`, `act`, `check`, `decide`, `wait`, `verify`, `manual` or `note`.
 */
kind: string, 
/**
 * Where it stands.
 */
status: StepStatus, 
/**
 * Whether it is the current one.
 */
current: boolean, 
/**
 * The value that it ended with, or why it has not: never just "OK".
 */
result: string | null, 
/**
 * How long it took or has taken.
 */
took: Millis | null, 
/**
 * Which attempt, from 1.
 */
attempt: number, 
/**
 * Why one does this.
 */
why: string | null, 
/**
 * What will happen.
 */
what: string, 
/**
 * What the person should see afterwards.
 */
expect: string | null, 
/**
 * Whether a person must say go.
 */
confirm: boolean, 
/**
 * How far it can be taken back.
 */
reversibility: Reversibility, 
/**
 * The change, for a step that makes one.
 */
effect: EffectView | null, 
/**
 * What takes it back.
 */
undo: EffectView | null, };

/**
 * How a release reaches users.
 */
export type Strategy = "rolling" | "blue-green" | "canary";

/**
 * A change with its score.
 */
export type Suspect = { 
/**
 * What a person calls it.
 */
name: string, 
/**
 * What kind it was.
 */
kind: ChangeKind, 
/**
 * The service that it was made to.
 */
service: string, 
/**
 * When it began.
 */
began: EpochMs, 
/**
 * The sum of its terms; −1 with a veto.
 */
score: number, 
/**
 * Why it cannot have been this one, if so.
 */
veto: string | null, 
/**
 * What the score is made of.
 */
terms: Array<Term>, 
/**
 * What the comparison of its new and old instances says; `null` when it could not
 * be made.
 */
e_ratio: number | null, };

/**
 * A deploy that came before an objective was broken.
 */
export type SuspectView = { 
/**
 * Which release.
 */
release: ReleaseId, 
/**
 * Its version.
 */
version: string, 
/**
 * When it began.
 */
at: EpochMs, 
/**
 * Since when more requests fail than the objective allows.
 */
broken_since: EpochMs, };

/**
 * Asks for a run that another process drives: that process lets go of it first.
 */
export type TakeOverRequest = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * Why, for the timeline; never blank.
 */
reason: string, };

/**
 * One term of a score.
 */
export type Term = { 
/**
 * Which: `gap`, `absent`, `change`, `topo`, `decay`.
 */
name: string, 
/**
 * Its value, 0 to 1; `null` when it could not be computed, and then it adds nothing.
 */
value: number | null, 
/**
 * What it is multiplied with.
 */
weight: number, 
/**
 * The raw numbers in a sentence.
 */
sentence: string, };

/**
 * Who meets what runs in an environment. These are the deployment tiers that CI systems
 * know by the same names.
 */
export type Tier = "production" | "staging" | "development";

/**
 * Which lines are wanted; what is absent does not matter.
 */
export type TimelineFilter = { 
/**
 * Only these kinds.
 */
kinds?: Array<LineKind>, 
/**
 * Only what this person did.
 */
person?: Person, 
/**
 * Only lines with a star.
 */
starred: boolean, 
/**
 * The hidden ones too.
 */
hidden: boolean, 
/**
 * Only lines with this text in them, in whichever case.
 */
text?: string, 
/**
 * Only what happened then or later.
 */
from?: EpochMs, 
/**
 * Only what happened before.
 */
until?: EpochMs, 
/**
 * Of those that are wanted, only the ones after so many; a long record is read in stretches.
 */
skip: number, 
/**
 * And of these no more than so many; all of them when absent.
 */
most?: number, };

/**
 * Asks for the timeline of a run.
 */
export type TimelineQuery = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * Which lines; all that are not hidden when absent.
 */
filter?: TimelineFilter, };

/**
 * The timeline of a run.
 */
export type TimelineView = { 
/**
 * Which run.
 */
run: RunId, 
/**
 * What it did.
 */
title: string, 
/**
 * Where.
 */
place: Place, 
/**
 * The scenario, when it is a drill.
 */
drill: string | null, 
/**
 * What is rehearsed, when it is a drill on a real system: what it does there is real.
 */
exercise?: string, 
/**
 * How it ended, or how it stands.
 */
sentence: string, 
/**
 * The key times.
 */
moments: Array<MomentView>, 
/**
 * By the time at which it happened, oldest first.
 */
lines: Array<LineView>, 
/**
 * The points that people marked.
 */
milestones: Array<MilestoneView>, 
/**
 * How long things took, and from what to what.
 */
lengths: Array<Length>, 
/**
 * What cannot be told, as sentences.
 */
doubts: Array<string>, 
/**
 * What is left to do.
 */
follow_ups: Array<FollowUp>, 
/**
 * The parts of the postmortem.
 */
parts: Array<Part>, 
/**
 * Pictures and texts.
 */
attachments: Array<Attachment>, 
/**
 * How many lines the record has, whatever the filter left.
 */
lines_in_all: number, 
/**
 * How many lines the filter wants, whatever its stretch left.
 */
lines_wanted: number, 
/**
 * How many lines there are of each sort.
 */
tally: LineTally, };

/**
 * What a finding is about; findings of the same grade are read in this order.
 */
export type Topic = "target" | "freeze" | "artifact" | "schema" | "configuration" | "history" | "permission" | "admission" | "flight" | "governor" | "other";

/**
 * Lifts a lock. One of `reason` and `fix` is needed.
 */
export type UnlockRequest = { 
/**
 * The release that is locked.
 */
which: Which, 
/**
 * Why it may come back.
 */
reason: string | null, 
/**
 * The commit that fixes it.
 */
fix: string | null, 
/**
 * The commit, or a known release, that is to be deployed; what runs in front when
 * absent.
 */
candidate: string | null, 
/**
 * A git checkout with the history of both; the workspace's folder when absent.
 */
checkout: string | null, };

/**
 * What is good to do at a place that nobody came to.
 */
export type Unmet = { 
/**
 * Where.
 */
place: string, 
/**
 * What is good to do there, in words.
 */
good: Array<string>, 
/**
 * Why.
 */
because: string, };

/**
 * What the evidence says.
 */
export type Verdict = "pass" | "fail" | "inconclusive" | "error" | "shared";

/**
 * A way to stop the harm.
 */
export type Way = "flag-off" | "shift-traffic" | "roll-back" | "roll-forward" | "wait";

/**
 * A release, by its id or version. Without a service it must be known in one place only.
 */
export type Which = { 
/**
 * Its id or version.
 */
release: string, 
/**
 * The service.
 */
service: string | null, 
/**
 * The environment.
 */
environment: string | null, };

/**
 * Where the app stands: which workspace, and whether it is the practice world.
 */
export type WorkspaceView = { 
/**
 * The folder; `null` for the embedded practice workspace.
 */
folder: string | null, 
/**
 * Whether what is shown is simulated.
 */
practice: boolean, 
/**
 * The drill that is set up, if one is.
 */
drill: DrillView | null, 
/**
 * Who acts.
 */
person: Person, 
/**
 * The time in the world that is shown.
 */
now: EpochMs, 
/**
 * Every service in every environment.
 */
places: Array<PlaceView>, 
/**
 * The runbooks.
 */
runbooks: Array<RunbookView>, 
/**
 * The drill scenarios.
 */
scenarios: Array<ScenarioView>, 
/**
 * What could be better in the files, as sentences with their place.
 */
advice: Array<string>, 
/**
 * The version of Lastgood.
 */
version: string, };

/** Every command: what it takes and what it answers. */
export interface Commands {
  /** Tells where the app stands. */
  workspace: { request: Nothing; answer: WorkspaceView };
  /** Lists recent deploys, newest first. */
  releases: { request: ReleasesQuery; answer: ReleasesView };
  /** Shows a release and where to go back to. */
  release: { request: ReleaseQuery; answer: ReleaseDetail };
  /** Makes a plan; nothing happens yet. */
  plan: { request: PlanRequest; answer: PlanView };
  /** Makes a plan that is a drill on the real system; nothing happens yet. */
  plan_exercise: { request: ExerciseRequest; answer: PlanView };
  /** Tells whether a plan that was shown still fits what runs. */
  plan_fit: { request: PlanQuery; answer: FitView };
  /** Names the drills that rehearse a plan that was shown. */
  plan_drills: { request: PlanQuery; answer: DrillsView };
  /** Looks at what stands against a rollback. */
  preflight: { request: PlanRequest; answer: PreflightView };
  /** Runs a plan that was shown. */
  start: { request: StartRequest; answer: RunView };
  /** Leaves a plan for another way, and says why. */
  decline: { request: DeclineRequest; answer: RunView };
  /** Lists all runs, newest first. */
  runs: { request: Nothing; answer: Array<RunRow> };
  /** Shows a run. */
  run: { request: RunQuery; answer: RunView };
  /** Takes up a run that nobody drives. */
  resume: { request: RunQuery; answer: RunView };
  /** Takes a run over from another process, which lets go of it first. */
  take_over: { request: TakeOverRequest; answer: RunView };
  /** Answers what a run asks. */
  answer: { request: Answer; answer: RunView };
  /** Holds, releases, annotates or aborts a run. */
  order: { request: Order; answer: RunView };
  /** Shows the timeline of a run. */
  timeline: { request: TimelineQuery; answer: TimelineView };
  /** Adds to the record of a run; nothing in it is changed. */
  annotate: { request: AnnotateRequest; answer: AnnotatedView };
  /** Shows a run again from its journal, entry by entry. */
  replay: { request: ReplayQuery; answer: ReplayView };
  /** Tells how a run went, and what a good decision would have been. */
  debrief: { request: RunQuery; answer: Debrief };
  /** Tells when each runbook was last proven. */
  rehearsals: { request: Nothing; answer: Array<Rehearsal> };
  /** Tells how a service stands against its checklists. */
  checklist: { request: ChecklistQuery; answer: Readiness };
  /** Keeps what a person answers to an item of a checklist. */
  attest: { request: AttestRequest; answer: Readiness };
  /** Lists what is left to do after a run. */
  follow_ups: { request: RunQuery; answer: FollowUpsView };
  /** Attaches a picture or a text to the record of a run. */
  attach: { request: AttachRequest; answer: AnnotatedView };
  /** Hands out what was attached. */
  attachment: { request: AttachmentQuery; answer: AttachmentView };
  /** Renders an export. */
  export: { request: ExportRequest; answer: ExportView };
  /** Writes an export to a file. */
  save: { request: ExportRequest; answer: SavedView };
  /** Keeps the export of another journal as a record. */
  import: { request: ImportRequest; answer: ImportedView };
  /** Lists the records that other journals wrote. */
  imported: { request: Nothing; answer: Array<ImportedRow> };
  /** Adds what another system wrote to the timeline of a run. */
  import_entries: { request: ImportEntriesRequest; answer: ImportEntriesView };
  /** Sets a drill up. */
  drill: { request: DrillRequest; answer: WorkspaceView };
  /** Tells how a drill stands for whoever presents it. */
  presenter: { request: RunQuery; answer: PresenterView };
  /** Does something to a drill from outside of it. */
  present: { request: PresentRequest; answer: PresenterView };
  /** Goes back to the workspace. */
  leave_drill: { request: Nothing; answer: WorkspaceView };
  /** Looks at everything that a run would need. */
  doctor: { request: Nothing; answer: DoctorView };
  /** Measures every objective, the worst service first. */
  health: { request: HealthQuery; answer: HealthView };
  /** Ranks recent changes by how well each explains an incident. */
  blame: { request: BlameRequest; answer: Blame };
  /** Shows what people and runs said of releases. */
  marks: { request: MarksQuery; answer: MarksView };
  /** Marks a release good or faulty, or takes that back. */
  mark: { request: MarkRequest; answer: MarksView };
  /** Keeps a release out. */
  lock: { request: LockRequest; answer: MarksView };
  /** Lifts a lock, for a reason or because the fix is inside. */
  unlock: { request: UnlockRequest; answer: MarksView };
  /** Judges a table of counts. */
  judge: { request: JudgeRequest; answer: JudgeAnswer };
  /** Hands out the workspace's files with what is to be said of them. */
  texts: { request: Nothing; answer: FilesView };
  /** Tells what is wrong with a text, or could be better. */
  lint: { request: LintRequest; answer: LintView };
  /** Tells whether an older release can run after migrations. */
  schema: { request: SchemaRequest; answer: SchemaAnswer };
}
