/**
 * The client of `lastgood serve`: commands are `POST /api/<command>` with JSON,
 * a run is watched over one streaming response of newline-delimited JSON.
 */
import {
  isProblem,
  Refused,
  Unanswered,
  type Client,
  type CommandName,
  type LinkStatus,
  type Listener,
  type Unsubscribe,
} from './client';
import { readLines } from './lines';
import type { Commands, Problem, RunView } from './bindings';

const TOKEN_KEY = 'lastgood.token';
/** Waits between attempts to reach the engine again; the last one repeats. */
export const BACKOFF_MS = [250, 500, 1000, 2000, 4000, 8000] as const;
/** A stream that says nothing for this long is asked again; the engine sends a line at least every 5 s. */
export const SILENCE_MS = 20_000;

/** What the client needs from the browser; tests hand in their own. */
export interface Surroundings {
  fetch: typeof fetch;
  setTimeout: (call: () => void, ms: number) => number;
  clearTimeout: (id: number) => void;
}

/**
 * Takes the one-time token out of the address, so that it is neither bookmarked
 * nor copied along, and keeps it for reloads of this tab only.
 */
export function takeToken(location: Location, history: History, storage: Storage): string | undefined {
  const match = /(?:^#|&)token=([^&]+)/.exec(location.hash);
  if (match?.[1] !== undefined) {
    storage.setItem(TOKEN_KEY, decodeURIComponent(match[1]));
    const rest = location.hash.replace(/(^#|&)token=[^&]+&?/, '$1').replace(/[#&]$/, '');
    history.replaceState(null, '', `${location.pathname}${location.search}${rest}`);
  }
  return storage.getItem(TOKEN_KEY) ?? undefined;
}

const BROWSER: Surroundings = {
  fetch: (...request) => fetch(...request),
  setTimeout: (call, ms) => window.setTimeout(call, ms),
  clearTimeout: (id) => window.clearTimeout(id),
};

function unreachable(cause: unknown): Problem {
  return {
    code: 'unreachable',
    chain: ['the engine is not answering', cause instanceof Error ? cause.message : String(cause)],
    hint: 'Nothing starts without the engine. Look whether `lastgood serve` is still running.',
  };
}

/** Reads the problem out of a refused answer; an answer without one still becomes readable. */
async function refusal(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  try {
    const body = JSON.parse(text) as { problem?: unknown } | null;
    if (isProblem(body?.problem)) return body.problem;
  } catch {
    // Not JSON: told below.
  }
  return {
    code: response.status === 401 ? 'unauthorised' : 'answer-unreadable',
    chain: [
      response.status === 401
        ? 'this window is not signed in to the engine'
        : `the engine answered ${response.status} without saying why`,
    ],
    hint: response.status === 401 ? 'Open the address that `lastgood serve` printed; its token is used once.' : null,
  };
}

/** A client bound to one origin and one token. */
export function httpClient(origin: string, token: string | undefined, around: Surroundings = BROWSER): Client {
  const headers = (): Record<string, string> => ({
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  });

  async function call<Name extends CommandName>(
    name: Name,
    request: Commands[Name]['request'],
  ): Promise<Commands[Name]['answer']> {
    let response: Response;
    try {
      response = await around.fetch(`${origin}/api/${name}`, {
        method: 'POST',
        headers: headers(),
        body: JSON.stringify(request),
        cache: 'no-store',
      });
    } catch (cause) {
      throw new Unanswered(unreachable(cause));
    }
    if (!response.ok) throw new Refused(await refusal(response));
    return (await response.json()) as Commands[Name]['answer'];
  }

  return {
    call,
    watchRun: (run, listener) =>
      watch(`${origin}/api/watch/run?id=${encodeURIComponent(run)}`, headers(), listener, around),
  };
}

/** Keeps one stream open until told otherwise, and says truthfully when it is not. */
export function watch(
  url: string,
  headers: Record<string, string>,
  listener: Listener<RunView>,
  around: Surroundings,
): Unsubscribe {
  let ended = false;
  /** Nothing more can come: the run is over, or nobody drives it. The engine then closes the stream. */
  let settled = false;
  let attempt = 0;
  let timer: number | undefined;
  let stop = new AbortController();

  function silence(): void {
    if (timer !== undefined) around.clearTimeout(timer);
    timer = around.setTimeout(() => stop.abort(new Error('the engine has been silent for 20 s')), SILENCE_MS);
  }

  function say(status: LinkStatus): void {
    if (!ended) listener.onlink(status);
  }

  async function open(): Promise<void> {
    stop = new AbortController();
    silence();
    const response = await around.fetch(url, { headers, cache: 'no-store', signal: stop.signal });
    if (!response.ok || response.body === null) throw new Refused(await refusal(response));
    for await (const line of readLines(response.body)) {
      if (ended) return;
      silence();
      if (line.trim() === '') continue;
      attempt = 0;
      say({ state: 'live' });
      const view = JSON.parse(line) as RunView;
      settled = view.outcome !== null || !view.driven;
      listener.onview(view);
    }
    if (!settled) throw new Error('the engine closed the stream');
    if (timer !== undefined) around.clearTimeout(timer);
  }

  function run(): void {
    open().catch((cause: unknown) => {
      if (timer !== undefined) around.clearTimeout(timer);
      if (ended) return;
      const wait = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)] ?? 8000;
      attempt += 1;
      const problem = cause instanceof Refused ? cause.problem : unreachable(cause);
      say({ state: 'lost', problem, retryInMs: wait });
      timer = around.setTimeout(run, wait);
    });
  }

  say({ state: 'connecting' });
  run();
  return () => {
    ended = true;
    if (timer !== undefined) around.clearTimeout(timer);
    stop.abort();
  };
}
