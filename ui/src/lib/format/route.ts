/** Where the window is, as an address. Every place has one, so a reload comes back to it. */
import type { Place } from '$lib/api/bindings';

export interface Opened {
  place: Place;
  release: string;
}

export type Route =
  | { view: 'releases'; open: Opened | null }
  /** `drill`: on the real system, and marked as one. */
  | { view: 'plan'; place: Place; from: string; to: string | null; drill?: true }
  | { view: 'runs' }
  | { view: 'run'; run: string; step: string | null }
  | { view: 'timeline'; run: string | null }
  | { view: 'debrief'; run: string }
  | { view: 'replay'; run: string }
  | { view: 'checklists'; place: Place | null }
  | { view: 'drills' }
  | { view: 'board'; open: Opened | null }
  | { view: 'blame'; place: Place | null }
  | { view: 'marks' }
  | { view: 'judge' }
  | { view: 'schema' }
  | { view: 'settings' }
  | { view: 'connections' }
  | { view: 'runbooks'; file: string | null };

/** What changed before it broke is the first question. */
export const HOME: Route = { view: 'board', open: null };

function join(...parts: (string | null)[]): string {
  return `#/${parts
    .filter((part) => part !== null)
    .map(encodeURIComponent)
    .join('/')}`;
}

export function writeRoute(route: Route): string {
  switch (route.view) {
    case 'releases':
      return route.open === null
        ? join('releases')
        : join('releases', route.open.place.service, route.open.place.environment, route.open.release);
    case 'plan':
      return join(route.drill ? 'plan-drill' : 'plan', route.place.service, route.place.environment, route.from, route.to);
    case 'runs':
      return join('runs');
    case 'run':
      return join('run', route.run, route.step);
    case 'timeline':
      return join('timeline', route.run);
    case 'debrief':
    case 'replay':
      return join(route.view, route.run);
    case 'blame':
    case 'checklists':
      return route.place === null ? join(route.view) : join(route.view, route.place.service, route.place.environment);
    case 'board':
      return route.open === null
        ? join('board')
        : join('board', route.open.place.service, route.open.place.environment, route.open.release);
    case 'drills':
    case 'marks':
    case 'judge':
    case 'schema':
    case 'settings':
    case 'connections':
      return join(route.view);
    case 'runbooks':
      return join('runbooks', route.file);
  }
}

export function readRoute(hash: string): Route {
  const [view, a, b, c, d] = hash.replace(/^#\/?/, '').split('/').map(decode);
  switch (view) {
    case 'releases':
      return a !== undefined && b !== undefined && c !== undefined
        ? { view: 'releases', open: { place: { service: a, environment: b }, release: c } }
        : { view: 'releases', open: null };
    case 'plan':
    case 'plan-drill':
      return a !== undefined && b !== undefined && c !== undefined
        ? { view: 'plan', place: { service: a, environment: b }, from: c, to: d ?? null, ...(view === 'plan' ? {} : { drill: true }) }
        : HOME;
    case 'runs':
      return { view: 'runs' };
    case 'run':
      return a === undefined ? { view: 'runs' } : { view: 'run', run: a, step: b ?? null };
    case 'timeline':
      return { view: 'timeline', run: a ?? null };
    case 'debrief':
    case 'replay':
      return a === undefined || a === '' ? { view: 'runs' } : { view, run: a };
    case 'blame':
    case 'checklists':
      return { view, place: a !== undefined && b !== undefined ? { service: a, environment: b } : null };
    case 'board':
      return {
        view: 'board',
        open: a !== undefined && b !== undefined && c !== undefined ? { place: { service: a, environment: b }, release: c } : null,
      };
    case 'drills':
    case 'marks':
    case 'judge':
    case 'schema':
    case 'settings':
    case 'connections':
      return { view };
    case 'runbooks':
      return { view: 'runbooks', file: a ?? null };
    default:
      return HOME;
  }
}

/** The address of a run in a small window of its own. */
export function writeCompact(run: string): string {
  return join('compact', run);
}

/** The run of a small window; `undefined` where the address is one of the full window. */
export function readCompact(hash: string): string | undefined {
  const [view, run, more] = hash.replace(/^#\/?/, '').split('/').map(decode);
  return view === 'compact' && more === undefined && run !== '' ? run : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
