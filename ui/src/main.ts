import { mount } from 'svelte';
import App from './App.svelte';
import type { Client } from './lib/api/client';
import { httpClient, takeToken } from './lib/api/http';
import { insideTauri, tauriClient, zoomWindow } from './lib/api/tauri';
import './lib/design/base.css';

function connect(): Client {
  if (insideTauri()) return tauriClient();
  return httpClient(location.origin, takeToken(location, history, sessionStorage));
}

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the window');
mount(App, { target, props: { client: connect(), startedAt: Date.now(), ...(insideTauri() ? { zoom: zoomWindow } : {}) } });
