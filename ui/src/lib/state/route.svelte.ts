import { HOME, readRoute, writeRoute, type Route } from '$lib/format/route';

/** Follows the address bar and moves it. */
export class Router {
  route = $state.raw<Route>(HOME);

  /** Starts following; returns what stops it. */
  start(): () => void {
    const follow = (): void => {
      this.route = readRoute(location.hash);
    };
    follow();
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }

  go(route: Route): void {
    location.hash = writeRoute(route);
    this.route = route;
  }

  /** Like `go` without a step back: for what is looked at inside a view. */
  replace(route: Route): void {
    history.replaceState(null, '', writeRoute(route));
    this.route = route;
  }
}
