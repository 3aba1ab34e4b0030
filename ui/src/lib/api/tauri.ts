/** The client of the desktop window; the only file that knows Tauri. */
import { Channel, invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import {
  isProblem,
  problemOf,
  Refused,
  type Client,
  type CommandName,
  type Listener,
  type Unsubscribe,
} from './client';
import type { Commands, RunView } from './bindings';
import type { Caller, Exit, Leaving, Windows } from './windows';

async function call<Name extends CommandName>(
  name: Name,
  request: Commands[Name]['request'],
): Promise<Commands[Name]['answer']> {
  try {
    return await invoke<Commands[Name]['answer']>(name, { request });
  } catch (thrown) {
    throw isProblem(thrown) ? new Refused(thrown) : thrown;
  }
}

function watchRun(run: string, listener: Listener<RunView>): Unsubscribe {
  const channel = new Channel<RunView>();
  let ended = false;
  channel.onmessage = (view) => {
    if (ended) return;
    listener.onlink({ state: 'live' });
    listener.onview(view);
  };
  listener.onlink({ state: 'connecting' });
  invoke('watch_run', { run, channel }).catch((thrown: unknown) => {
    if (!ended) listener.onlink({ state: 'lost', problem: problemOf(thrown), retryInMs: 0 });
  });
  return () => {
    ended = true;
    // The engine ends its side when the channel is gone; a failure here changes nothing.
    invoke('unwatch_run', { channel: channel.id }).catch(() => undefined);
  };
}

/** Are we inside the desktop window? */
export function insideTauri(): boolean {
  return '__TAURI_INTERNALS__' in globalThis;
}

export function tauriClient(): Client {
  return { call, watchRun };
}

/** Sets the size of everything in the window; `percent` is 100 for the plain size. */
export function zoomWindow(percent: number): void {
  // A window that cannot be zoomed stays as it is: nothing is lost by that.
  getCurrentWebview()
    .setZoom(percent / 100)
    .catch(() => undefined);
}

/** The desktop opens and closes its windows itself; a page may only ask for one of its two. */
export const tauriWindows: Windows = {
  compact(run) {
    invoke('compact_run', { run }).catch(() => undefined);
  },
  full(run) {
    invoke('full_run', { run }).catch(() => undefined);
  },
};

/** The host keeps the window open until the page has answered, or answers no more. */
export const tauriExit: Exit = {
  listen(ask) {
    const channel = new Channel<Leaving>();
    channel.onmessage = ask;
    // Without it the window closes unasked, and the run is kept by its journal.
    invoke('ask_to_leave', { channel }).catch(() => undefined);
  },
  answer(sure) {
    invoke('leave', { sure }).catch(() => undefined);
  },
};

export const tauriCaller: Caller = {
  set(calls) {
    // Without it everything that needs a person calls.
    invoke('set_calls', { calls: { real: calls.real, practice: calls.practice, ended: calls.ended, sound: calls.sound } }).catch(() => undefined);
  },
  async show() {
    try {
      await invoke('try_call');
    } catch (thrown) {
      throw isProblem(thrown) ? new Refused(thrown) : thrown;
    }
  },
};
