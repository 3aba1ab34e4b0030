import { mount } from 'svelte';
import App from './App.svelte';
import CompactRun from './CompactRun.svelte';
import type { Client } from './lib/api/client';
import { httpClient, takeToken } from './lib/api/http';
import { insideTauri, tauriCaller, tauriClient, tauriExit, tauriWindows, zoomWindow } from './lib/api/tauri';
import { browserWindows } from './lib/api/windows';
import { readCompact } from './lib/format/route';
import './lib/design/base.css';

function connect(): Client {
  if (insideTauri()) return tauriClient();
  return httpClient(location.origin, takeToken(location, history, sessionStorage));
}

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the window');
const client = connect();
const windows = insideTauri() ? tauriWindows : browserWindows;
const run = readCompact(location.hash);
if (run === undefined) {
  const zoom = insideTauri() ? { zoom: zoomWindow, exit: tauriExit, caller: tauriCaller } : {};
  mount(App, { target, props: { client, startedAt: Date.now(), oncompact: (of: string) => windows.compact(of), ...zoom } });
} else {
  mount(CompactRun, { target, props: { client, startedAt: Date.now(), run, onfull: () => windows.full(run) } });
}
