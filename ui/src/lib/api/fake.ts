/**
 * An engine made of fixtures, for component tests and for the gallery. It keeps what
 * it was asked, so that a test can look at what reached the engine.
 */
import { Refused, Unanswered, type Client, type CommandName, type Listener } from './client';
import type { Commands, Place, Problem, Readiness, RunView } from './bindings';
import * as judged from './fixtures/judgement';
import * as planned from './fixtures/plan';
import * as released from './fixtures/releases';
import * as ran from './fixtures/run';

export type Answers = {
  [Name in CommandName]: (
    request: Commands[Name]['request'],
  ) => Commands[Name]['answer'] | Promise<Commands[Name]['answer']>;
};

export const SILENT: Problem = {
  code: 'unreachable',
  chain: ['the engine is not answering', 'connection refused (127.0.0.1:7431)'],
  hint: 'Nothing starts without the engine. Look whether `lastgood serve` is still running.',
};

/** A place without checklists. */
function unlisted(place: Place): Readiness {
  const tally = { items: 0, hold: 0, do_not_hold: 0, open: 0, overdue: 0, not_applicable: 0 };
  return { place, at: 0, lists: [], tally, sentence: '0 of 0 hold', doubts: [] };
}

function ordinary(run: RunView): Answers {
  return {
    workspace: () => ran.workspace,
    releases: () => released.releases,
    release: () => released.detail,
    plan: () => planned.plan,
    plan_exercise: ({ why }) => ({ ...planned.plan, exercise: why }),
    decline: () => run,
    start: () => run,
    runs: () => ran.runRows,
    run: () => run,
    resume: () => run,
    answer: () => run,
    order: () => run,
    timeline: ({ filter }) => ran.told(ran.timeline, filter),
    export: ({ format }) => {
      const lacks = ['There is no follow-up. Nothing left to do is rare.'];
      if (format === 'pdf')
        return { file_name: 'checkout-r-7f3c.pdf', media_type: 'application/pdf', text: '', base64: btoa('%PDF-1.7'), lacks };
      return format === 'json'
        ? {
            file_name: 'checkout-r-7f3c.json',
            media_type: 'application/json',
            text: JSON.stringify(ran.timeline, null, 2),
            lacks,
          }
        : {
            file_name: 'checkout-r-7f3c.md',
            media_type: 'text/markdown',
            text: '# Roll back checkout to the last good release\n\n- 18:18:07 UTC ana started plan 7f3c19a2b04e\n',
            lacks,
          };
    },
    save: ({ format }) => ({ path: `/home/ana/acme/ops/exports/checkout-r-7f3c.${format === 'json' ? 'json' : 'md'}` }),
    drill: () => ({ ...ran.workspace, practice: true }),
    presenter: ({ run: of }) => ({ run: of, moves: [], speed: 1, paused: false, done: null }),
    present: ({ run: of }) => ({ run: of, moves: [], speed: 1, paused: false, done: null }),
    leave_drill: () => ran.workspace,
    health: () => judged.health,
    blame: () => judged.blame,
    marks: () => judged.marks,
    mark: () => judged.marks,
    lock: () => judged.marks,
    unlock: () => judged.marks,
    replay: ({ run: of }) => ({
      run: of,
      title: ran.timeline.title,
      place: ran.timeline.place,
      drill: null,
      started_at: 0,
      frames: [],
      view: ran.run,
    }),
    debrief: ({ run: of }) => ({
      run: of,
      title: ran.timeline.title,
      place: ran.timeline.place,
      drill: null,
      sentence: ran.timeline.sentence,
      rehearsed: null,
      phases: [],
      lengths: ran.timeline.lengths,
      decisions: [],
      unmet: [],
      presented: [],
      comparison: [],
    }),
    rehearsals: () => [],
    checklist: ({ place }) => unlisted(place),
    attest: ({ place }) => unlisted(place),
    import: ({ name, dry_run }) => ({
      record: {
        run: ran.timeline.run,
        title: ran.timeline.title,
        place: ran.timeline.place,
        drill: null,
        from: '2026.11.3',
        to: '2026.11.2',
        change: '2026.11.3 → 2026.11.2',
        sentence: ran.timeline.sentence,
        started_at: null,
        lines: ran.timeline.lines_in_all,
        head: '00ff',
        hash: '00ff',
        name,
        by: 'ana',
        imported_at: 0,
      },
      new: true,
      dry_run,
      says: [],
    }),
    imported: () => [],
    import_entries: ({ run: to, from, dry_run }) => ({
      run: to,
      from: from ?? 'chat',
      guessed: from === null,
      entries: [],
      new: 0,
      known: 0,
      bad: [],
      says: [],
      dry_run,
    }),
    annotate: ({ run: of }) => ({ run: of, line: null, follow_up: null, milestones: [], annotations: 0 }),
    follow_ups: () => ({ items: [], lacks: [] }),
    attach: ({ run: of }) => ({ run: of, line: null, follow_up: null, milestones: [], annotations: 0 }),
    attachment: ({ hash }) => ({
      attachment: { hash, name: 'graph.png', media_type: 'image/png', bytes: 0, line: null, caption: 'Errors by release' },
      base64: '',
    }),
    judge: () => judged.judgedAnswer,
    schema: () => judged.schemaAnswer,
    take_over: () => run,
    plan_fit: ({ hash }) => ({ hash, at: 0, fit: { is: 'fits' } }),
    plan_drills: () => ({ runbook: planned.plan.runbook, drills: [], lacking: 'No drill rehearses it.' }),
    preflight: () => ({
      place: planned.plan.place,
      coordinates: planned.plan.coordinates,
      runbook: planned.plan.runbook,
      from: planned.plan.from.version,
      to: planned.plan.to.version,
      because: planned.plan.title,
      running: planned.plan.running,
      findings: planned.plan.findings,
      worst: 'warn',
      blocked: false,
      not_restored: planned.plan.not_restored,
      mitigations: planned.plan.mitigations ?? [],
      drill: planned.plan.drill,
      at: planned.plan.made_at,
    }),
    texts: () => judged.files,
    lint: ({ text }) => ({
      findings: text.includes('verfy') ? judged.files.files.flatMap((file) => file.findings) : [],
      steps: [{ id: 'shift', title: 'Shift the traffic', phase: 'roll-back' }],
    }),
    doctor: () => ({ findings: planned.plan.findings, took: 840 }),
  };
}

export class FakeEngine implements Client {
  readonly asked: { name: CommandName; request: unknown }[] = [];
  readonly #answers: Answers;
  #listeners: Listener<RunView>[] = [];

  constructor(run: RunView = ran.run, answers: Partial<Answers> = {}) {
    this.#answers = { ...ordinary(run), ...answers };
  }

  call<Name extends CommandName>(name: Name, request: Commands[Name]['request']): Promise<Commands[Name]['answer']> {
    this.asked.push({ name, request });
    // A refusal thrown by a fixture arrives as the rejection that a real engine gives.
    return Promise.resolve().then(() => this.#answers[name](request));
  }

  watchRun(run: string, listener: Listener<RunView>): () => void {
    this.#listeners.push(listener);
    void this.call('run', { run }).then(
      (view) => {
        listener.onlink({ state: 'live' });
        listener.onview(view);
      },
      (thrown: unknown) => {
        if (thrown instanceof Refused) listener.onlink({ state: 'lost', problem: thrown.problem, retryInMs: 1000 });
      },
    );
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    };
  }

  /** Sends a view to everybody who watches. */
  tell(view: RunView): void {
    for (const listener of this.#listeners) {
      listener.onlink({ state: 'live' });
      listener.onview(view);
    }
  }

  /** Breaks the stream, as when the engine dies. */
  fallSilent(problem: Problem = SILENT): void {
    for (const listener of this.#listeners) listener.onlink({ state: 'lost', problem, retryInMs: 1000 });
  }
}

/** An answer that never comes: nobody listens. */
export function unanswered(problem: Problem = SILENT): () => never {
  return () => {
    throw new Unanswered(problem);
  };
}

/** An answer that is a refusal. */
export function refuse(problem: Problem): () => never {
  return () => {
    throw new Refused(problem);
  };
}
