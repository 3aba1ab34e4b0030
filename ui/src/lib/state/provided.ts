import { createContext } from 'svelte';
import type { Client } from '$lib/api/client';
import type { WorldClock } from './clock.svelte';
import type { Router } from './route.svelte';

/** Three separate doors, so that a component shows in its imports what it uses. */
export const [client, provideClient] = createContext<Client>();
export const [router, provideRouter] = createContext<Router>();
export const [clock, provideClock] = createContext<WorldClock>();
