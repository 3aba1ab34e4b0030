/** What a test does to the world behind the window: asks the engine directly, and breaks the wire to it. */
import { expect, type Page, type Route } from '@playwright/test';

/** The bad canary from the shipped drills; its canary is everywhere within minutes at sixty times the speed. */
export const DRILL = { scenario: 'bad-canary', seed: 1, speed: 60 } as const;

/** Asks the engine as the page does, with the page's own token. */
export async function ask<Answer>(page: Page, command: string, request: unknown = {}): Promise<Answer> {
  return page.evaluate(
    async ([name, body]) => {
      const token = sessionStorage.getItem('lastgood.token') ?? '';
      const response = await fetch(`/api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      const said = await response.text();
      if (!response.ok) throw new Error(`${name}: ${said}`);
      return JSON.parse(said) as never;
    },
    [command, request] as const,
  );
}

/** Opens the window, sets the drill up, and stays where it was. */
export async function enterDrill(page: Page, url: string, speed: number = DRILL.speed): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await ask(page, 'drill', { ...DRILL, speed });
}

/** Goes to an address of the window as if it had been opened there. */
export async function open(page: Page, address: string): Promise<void> {
  const { origin } = new URL(page.url());
  // The address alone would only move the window that is there.
  await page.goto(`${origin}/${address}`);
  await page.reload();
}

interface Row {
  place: { service: string; environment: string };
  release: { id: string; version: string };
  suspect: boolean;
}

/** The release of the drill that is under suspicion; waits until there is one. */
export async function suspect(page: Page): Promise<Row> {
  let found: Row | undefined;
  await expect
    .poll(async () => {
      const { deploys } = await ask<{ deploys: Row[] }>(page, 'releases', { service: null, environment: null, before: null, limit: 100 });
      found = deploys.find((row) => row.suspect);
      return found !== undefined;
    })
    .toBe(true);
  return found as Row;
}

/** What can go wrong between the window and the engine. */
export type Fault =
  /** Nobody listens. */
  | 'silent'
  /** It is asked and never answers. */
  | 'never'
  /** The engine refuses, and says why. */
  | { code: string; chain: string[]; hint: string | null }
  /** It answers something else than it would have. */
  | ((answer: never) => unknown);

/** Breaks one command of the wire until {@link mend} is called. */
export async function fault(page: Page, command: string, how: Fault): Promise<void> {
  await page.route(`**/api/${command}`, async (route: Route) => {
    if (how === 'silent') return route.abort('connectionrefused');
    if (how === 'never') return undefined;
    if (typeof how === 'object')
      return route.fulfill({ status: 409, contentType: 'application/json', body: JSON.stringify({ problem: how }) });
    // The page may be gone before the engine has answered.
    const response = await route.fetch().catch(() => undefined);
    if (response === undefined) return route.abort().catch(() => undefined);
    return route.fulfill({ response, json: how((await response.json()) as never) });
  });
}

export async function mend(page: Page): Promise<void> {
  await page.unrouteAll({ behavior: 'ignoreErrors' });
}
