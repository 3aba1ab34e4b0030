import { describe, expect, it } from 'vitest';
import { Refused, type LinkStatus } from './client';
import { run } from './fixtures/run';
import { BACKOFF_MS, httpClient, takeToken, watch, type Surroundings } from './http';
import { readLines } from './lines';
import type { RunView } from './bindings';

function body(...chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

interface Timers {
  around: Surroundings;
  waits: number[];
  /** Lets the oldest timer of this length run out. */
  pass(ms: number): void;
  requests: { url: string; init: RequestInit | undefined }[];
}

function surroundings(answers: (() => Response | Promise<Response>)[]): Timers {
  const pending = new Map<number, { call: () => void; ms: number }>();
  const waits: number[] = [];
  const requests: Timers['requests'] = [];
  let id = 0;
  return {
    waits,
    requests,
    pass(ms) {
      const found = [...pending].find(([, timer]) => timer.ms === ms);
      if (found === undefined) throw new Error(`nobody waits ${ms} ms`);
      pending.delete(found[0]);
      found[1].call();
    },
    around: {
      fetch: (url, init) => {
        requests.push({ url: url instanceof Request ? url.url : url.toString(), init });
        const answer = answers.shift();
        return answer ? Promise.resolve().then(answer) : new Promise(() => undefined);
      },
      setTimeout: (call, ms) => {
        id += 1;
        waits.push(ms);
        pending.set(id, { call, ms });
        return id;
      },
      clearTimeout: (which) => void pending.delete(which),
    },
  };
}

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe('the token', () => {
  it('is taken out of the address and kept for this tab only', () => {
    const places: string[] = [];
    const kept = new Map<string, string>();
    const token = takeToken(
      { hash: '#token=s3cret%2F1', pathname: '/', search: '' } as Location,
      { replaceState: (_data: unknown, _title: string, url: string) => places.push(url) } as unknown as History,
      { setItem: (key: string, value: string) => kept.set(key, value), getItem: (key: string) => kept.get(key) ?? null } as unknown as Storage,
    );
    expect(token, 'the token is decoded').toBe('s3cret/1');
    expect(places, 'nothing of it stays in the address').toEqual(['/']);
  });

  it('leaves the rest of the fragment in place', () => {
    const places: string[] = [];
    takeToken(
      { hash: '#token=abc&/run/r-1', pathname: '/', search: '' } as Location,
      { replaceState: (_data: unknown, _title: string, url: string) => places.push(url) } as unknown as History,
      { setItem: () => undefined, getItem: () => null } as unknown as Storage,
    );
    expect(places[0]).toBe('/#/run/r-1');
  });

  it('goes into the header of a command and nowhere else', async () => {
    const world = surroundings([() => Response.json([])]);
    await httpClient('http://127.0.0.1:1', 'abc', world.around).call('runs', {});
    const [request] = world.requests;
    expect(request?.url).toBe('http://127.0.0.1:1/api/runs');
    expect(request?.init?.headers).toMatchObject({ authorization: 'Bearer abc' });
  });
});

describe('a refusal', () => {
  const cases = [
    {
      name: 'carries the problem that the engine wrote',
      answer: () => Response.json({ problem: { code: 'run-held', chain: ['another process drives this run'], hint: null } }, { status: 409 }),
      code: 'run-held',
    },
    { name: 'without a body still says what happened', answer: () => new Response('', { status: 500 }), code: 'answer-unreadable' },
    { name: 'of an unknown window says how to sign in', answer: () => new Response('', { status: 401 }), code: 'unauthorised' },
    {
      name: 'of the network says that nobody answered',
      answer: () => {
        throw new TypeError('Failed to fetch');
      },
      code: 'unreachable',
    },
  ];
  it.each(cases)('$name', async ({ answer, code }) => {
    const world = surroundings([answer]);
    const thrown: unknown = await httpClient('', undefined, world.around)
      .call('runs', {})
      .catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(Refused);
    expect((thrown as Refused).problem.code).toBe(code);
  });
});

describe('lines of a stream', () => {
  it('are given whole when a chunk cuts one, and when the last has no end', async () => {
    const lines: string[] = [];
    for await (const line of readLines(body('{"a":', '1}\n\n{"b"', ':2}'))) lines.push(line);
    expect(lines).toEqual(['{"a":1}', '', '{"b":2}']);
  });
});

describe('watching a run', () => {
  function start(answers: (() => Response)[]): Timers & { views: RunView[]; links: LinkStatus[]; stop: () => void } {
    const world = surroundings(answers);
    const views: RunView[] = [];
    const links: LinkStatus[] = [];
    const stop = watch('/api/watch/run?id=r', {}, { onview: (view) => views.push(view), onlink: (link) => links.push(link) }, world.around);
    return { ...world, views, links, stop };
  }

  it('gives every view, and says so when the stream ends', async () => {
    const seen = start([() => new Response(body(`${JSON.stringify(run)}\n`))]);
    await settle();
    expect(seen.views).toHaveLength(1);
    expect(seen.links.map((link) => link.state)).toEqual(['connecting', 'live', 'lost']);
  });

  it('is not a loss when the stream ends because the run is over, or nobody drives it', async () => {
    for (const last of [{ ...run, outcome: { is: 'recovered' } }, { ...run, driven: false }]) {
      const seen = start([() => new Response(body(`${JSON.stringify(last)}\n`))]);
      await settle();
      expect(seen.links.map((link) => link.state)).toEqual(['connecting', 'live']);
      expect(seen.requests, 'nobody asks again').toHaveLength(1);
    }
  });

  it('tries again, waiting longer each time, and starts over after an answer', async () => {
    const seen = start([
      () => new Response('', { status: 500 }),
      () => new Response('', { status: 500 }),
      () => new Response(body(`${JSON.stringify(run)}\n`)),
    ]);
    await settle();
    seen.pass(BACKOFF_MS[0]);
    await settle();
    seen.pass(BACKOFF_MS[1]);
    await settle();
    expect(seen.views, 'the third attempt is answered').toHaveLength(1);
    expect(seen.waits.filter((ms) => ms < 20_000), 'an answer makes the next wait short again').toEqual([
      BACKOFF_MS[0],
      BACKOFF_MS[1],
      BACKOFF_MS[0],
    ]);
  });

  it('says nothing more once it was told to stop', async () => {
    const seen = start([() => new Response(body(`${JSON.stringify(run)}\n`))]);
    seen.stop();
    await settle();
    expect(seen.views).toHaveLength(0);
    expect(seen.links.map((link) => link.state)).toEqual(['connecting']);
  });
});
