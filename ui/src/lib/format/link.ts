/** `lastgood://` links to what the window shows; the desktop leads them back to it. */
import { writeRoute, type Route } from './route';

/** A link to a run or a release; `undefined` where the view has none. It never carries an act. */
export function linkTo(route: Route): string | undefined {
  switch (route.view) {
    case 'run':
    case 'debrief':
    case 'replay':
      return linkOf({ view: 'run', run: route.run, step: null });
    case 'timeline':
      return route.run === null ? undefined : linkOf({ view: 'run', run: route.run, step: null });
    case 'releases':
    case 'board':
      return route.open === null ? undefined : linkOf({ view: 'releases', open: route.open });
    case 'plan':
    case 'runs':
    case 'drills':
    case 'blame':
    case 'checklists':
    case 'marks':
    case 'judge':
    case 'schema':
    case 'settings':
    case 'connections':
    case 'runbooks':
      return undefined;
  }
}

function linkOf(route: Route): string {
  return writeRoute(route).replace(/^#\/(releases|run)\//, (_, view: string) => `lastgood://${view === 'run' ? 'run' : 'release'}/`);
}
