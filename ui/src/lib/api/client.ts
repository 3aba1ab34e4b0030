/**
 * Everything the window can ask of the engine, and nothing else. The window
 * never decides whether something is allowed: every command is judged again
 * behind this interface, and a refusal comes back as a {@link Problem}.
 */
import type { Commands, Problem, RunView } from './bindings';

/** How the stream of a subscription is doing. */
export type LinkStatus =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'lost'; problem: Problem; retryInMs: number };

export interface Listener<View> {
  onview: (view: View) => void;
  onlink: (status: LinkStatus) => void;
}

export type Unsubscribe = () => void;

/** The commands of the engine's table. */
export type CommandName = keyof Commands;

export interface Client {
  /** Carries one command out; throws {@link Refused} when it is not. */
  call<Name extends CommandName>(name: Name, request: Commands[Name]['request']): Promise<Commands[Name]['answer']>;
  /** Follows one run until told otherwise. */
  watchRun(run: string, listener: Listener<RunView>): Unsubscribe;
}

/** A failed call, carrying what to show. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.chain[0] ?? problem.code);
    this.problem = problem;
  }
}

/** Nobody answered: the engine itself is away. What it refuses for a system behind it is only {@link Refused}. */
export class Unanswered extends Refused {}

/** Turns whatever was thrown into a problem a person can read. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Refused) return thrown.problem;
  if (isProblem(thrown)) return thrown;
  return {
    code: 'internal',
    chain: ['the window met something it does not know', thrown instanceof Error ? thrown.message : String(thrown)],
    hint: 'Nothing was changed by this. Reload the window; the run is kept by the engine.',
  };
}

export function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const problem = value as Partial<Problem>;
  return typeof problem.code === 'string' && Array.isArray(problem.chain);
}
