/** As much of WebDriver as measuring the real window needs: it is started by WebKit's own driver, and asked by script. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longer than any answer that anybody would wait for. */
const PATIENCE_MS = 60_000;

export interface Window {
  /** The process of the window, of which the others are children. */
  readonly process: number;
  /** Runs the body of a function in the page; it may await, and its value comes back. */
  run<Value>(body: string, ...args: unknown[]): Promise<Value>;
  /** Presses one key on the page. */
  press(key: string): Promise<void>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** The process that runs a program below another one. */
function below(parent: number, program: string): number | undefined {
  return family(parent).find((id) => {
    try {
      return readlinkSync(`/proc/${id}/exe`) === program;
    } catch {
      return false;
    }
  });
}

/** A process and everything that it started. */
export function family(root: number): number[] {
  try {
    const children = readdirSync(`/proc/${root}/task`).flatMap((task) => readFileSync(`/proc/${root}/task/${task}/children`, 'utf8').split(' '));
    return [root, ...children.filter((id) => id.trim() !== '').flatMap((id) => family(Number(id)))];
  } catch {
    return [];
  }
}

/** What of the memory is theirs, in MiB: pages that are shared count in part. */
export function memory(processes: number[]): number {
  const kib = processes.map((id) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return kib.reduce((sum, each) => sum + each, 0) / 1024;
}

/** The processor time that they have taken, in ticks of 10 ms. */
export function ticks(processes: number[]): number {
  return processes.reduce((sum, id) => {
    try {
      const fields = readFileSync(`/proc/${id}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
      return sum + Number(fields[11]) + Number(fields[12]);
    } catch {
      return sum;
    }
  }, 0);
}

/** When a process began, in milliseconds since 1970. */
export function beganAt(process: number): number {
  const fields = readFileSync(`/proc/${process}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Date.now() - uptime * 1000 + Number(fields[19]) * 10;
}

/** Starts the window through WebKit's driver, with a data folder of its own. */
export async function openWindow(program: string): Promise<Window> {
  const folder = await mkdtemp(join(tmpdir(), 'lastgood-window-'));
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
    stdio: 'ignore',
    env: {
      ...process.env,
      TAURI_WEBVIEW_AUTOMATION: 'true',
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      XDG_DATA_HOME: join(folder, 'share'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_CONFIG_HOME: join(folder, 'config'),
    },
  });
  let session = '';
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
  const close = async (): Promise<void> => {
    if (session !== '') await ask('DELETE', `/session/${session}`).catch(() => undefined);
    driver.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(port);
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: program, args: ['--data', join(folder, 'data')] } } };
    ({ sessionId: session } = (await ask('POST', '/session', { capabilities })) as { sessionId: string });
    await ask('POST', `/session/${session}/timeouts`, { script: PATIENCE_MS });
    const own = below(driver.pid ?? 0, program);
    if (own === undefined) throw new Error(`no process of ${program} was started`);
    return {
      process: own,
      run: async <Value>(body: string, ...args: unknown[]) => {
        const script = `const done = arguments[arguments.length - 1]; const args = arguments; (async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error?.chain?.join(': ') ?? error) }));`;
        const { value, error } = (await ask('POST', `/session/${session}/execute/async`, { script, args })) as { value: Value; error?: string };
        if (error !== undefined) throw new Error(error);
        return value;
      },
      press: async (key) => {
        const actions = [
          { type: 'keyDown', value: key },
          { type: 'keyUp', value: key },
        ];
        await ask('POST', `/session/${session}/actions`, { actions: [{ type: 'key', id: 'keys', actions }] });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listening(port: number): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await fetch(`http://127.0.0.1:${port}/status`);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}
