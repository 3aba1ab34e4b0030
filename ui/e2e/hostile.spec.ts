/** What comes from outside is text. These try to make it more than that. */
import { expect, type Page } from '@playwright/test';
import { press, test } from './engine';
import { ask, enterDrill, fault, open, suspect } from './world';

const MARKUP = '<img src=x onerror="window.taken=1"><script>window.taken=1</script><b>bold</b>';
/** Fields that outside systems and people fill with what they like. */
const FREE = [
  'changelog', 'actor', 'artifact', 'commit', 'evidence', 'sentence', 'title', 'summary', 'reason', 'text', 'why', 'because',
  'running', 'coordinates', 'question', 'detail', 'label', 'result', 'explanation', 'mend', 'message', 'suggestion', 'doubts',
  'not_restored', 'objections', 'name', 'value', 'escalation', 'owner',
];
/** Names that the window looks up and shows nowhere as they are. */
const NAMES_OF_PLACES = ['place', 'scenario', 'moments'];

/** The same answer with markup in every free field. */
function poisoned(answer: unknown, key = ''): unknown {
  if (typeof answer === 'string') return FREE.includes(key) ? `${MARKUP}${answer}` : answer;
  if (Array.isArray(answer)) return answer.map((each) => poisoned(each, key));
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [name, NAMES_OF_PLACES.includes(name) ? value : poisoned(value, name)]),
  );
}

async function harmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => ({
    taken: 'taken' in window,
    made: [...document.querySelectorAll('#app img, #app script, #app iframe, #app object')].map((each) => each.outerHTML),
    links: [...document.querySelectorAll('a[href]')].map((each) => each.getAttribute('href') ?? '').filter((href) => !/^(#|https?:)/.test(href)),
  }));
  expect(found, where).toEqual({ taken: false, made: [], links: [] });
}

test('markup in any outside string is shown as text, on every view', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  const release = [row.place.service, row.place.environment, row.release.id].map(encodeURIComponent).join('/');
  for (const command of ['releases', 'release', 'health', 'plan', 'runs', 'run', 'timeline', 'marks', 'blame', 'doctor', 'texts', 'workspace'])
    await fault(page, command, (answer: unknown) => poisoned(answer));
  for (const view of ['board', 'releases', `releases/${release}`, `plan/${release}`, 'runs', 'marks', `blame/${release}`, 'connections', 'runbooks', 'drills']) {
    await open(page, `#/${view}`);
    await expect(page.locator('main')).toBeVisible();
    await page.waitForLoadState('networkidle');
    await harmless(page, view);
  }
  await open(page, '#/releases');
  await expect(page.getByText('<b>bold</b>').first(), 'the text itself is not lost').toBeVisible();
});

test('a link that is no web address is never a link', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const row = await suspect(page);
  const schemes = ['javascript:window.taken=1', 'data:text/html,<script>1</script>', 'file:///etc/passwd', 'vbscript:x', ' javascript:1', 'lastgood://run/x'];
  for (const url of schemes) {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    const linked = (answer: unknown): unknown =>
      JSON.parse(JSON.stringify(answer, (key, value: unknown) => (key === 'rollback' && value !== null ? { kind: 'runbook', url } : key === 'url' ? url : value)));
    await fault(page, 'releases', linked);
    await fault(page, 'release', linked);
    await open(page, `#/releases/${[row.place.service, row.place.environment, row.release.id].map(encodeURIComponent).join('/')}`);
    await page.waitForLoadState('networkidle');
    await harmless(page, url);
  }
});

test('no script of the page can make markup out of text or ask another machine', async ({ page, engine }) => {
  await page.goto(engine.url);
  await expect(page.locator('main')).toBeVisible();
  const outcome = await page.evaluate(async () => {
    const tried = (act: () => void): string => {
      try {
        act();
        return 'done';
      } catch (error) {
        return (error as Error).name;
      }
    };
    return {
      markup: tried(() => {
        document.body.innerHTML += '<b>x</b>';
      }),
      policy: tried(() => {
        (window as unknown as { trustedTypes: { createPolicy: (name: string, rules: object) => void } }).trustedTypes.createPolicy('mine', {});
      }),
      fetched: await fetch('https://example.com/').then(
        () => 'done',
        () => 'refused',
      ),
    };
  });
  expect(outcome).toEqual({ markup: 'TypeError', policy: 'TypeError', fetched: 'refused' });
});

test('an address can open a run and cannot act on it', async ({ page, engine }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    const command = /\/api\/(start|answer|order|resume|drill|leave_drill|save|lock|mark|unlock|annotate|attach|decline)$/.exec(request.url());
    if (command?.[1] !== undefined) asked.push(command[1]);
  });
  await page.goto(engine.url);
  await expect(page.locator('main')).toBeVisible();
  for (const address of ['#/run/r-1/confirm', '#/run/r-1?answer=confirm', '#/plan/checkout/production/x/y', '#/drills/bad-canary/start', '#/timeline/%00', '#/%E0%A4%A']) {
    await open(page, address);
    await press(page, 'Enter');
  }
  expect(asked).toEqual([]);
  expect((await ask<unknown[]>(page, 'runs')).length).toBe(0);
});
