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

/** Every known way from a text to a script or to markup, tried by a script of the page itself. */
async function attempts(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    // What the debugger evaluates may evaluate more; what a timer of the page calls may not.
    await new Promise((done) => setTimeout(done, 0));
    const tried: Record<string, string> = {};
    const attempt = (name: string, act: () => unknown): void => {
      try {
        act();
        tried[name] = 'taken' in window ? 'ran' : 'done';
      } catch (error) {
        tried[name] = (error as Error).name;
      }
    };
    const make = <Tag extends keyof HTMLElementTagNameMap>(tag: Tag): HTMLElementTagNameMap[Tag] => document.createElement(tag);
    const code = 'window.taken = 1';
    const markup = `<img src=x onerror="${code}">`;
    attempt('innerHTML', () => (make('p').innerHTML = markup));
    attempt('outerHTML', () => (document.body.appendChild(make('p')).outerHTML = markup));
    attempt('insertAdjacentHTML', () => document.body.insertAdjacentHTML('beforeend', markup));
    attempt('document.write', () => document.write(markup));
    attempt('DOMParser', () => new DOMParser().parseFromString(markup, 'text/html'));
    attempt('createContextualFragment', () => document.createRange().createContextualFragment(markup));
    attempt('srcdoc', () => (make('iframe').srcdoc = markup));
    attempt('eval', () => (0, eval)(code));
    attempt('Function', () => new Function(code)());
    attempt('setTimeout', () => setTimeout(code as unknown as () => void, 0));
    attempt('script.text', () => (make('script').text = code));
    attempt('script.src', () => (make('script').src = 'data:text/javascript,window.taken=1'));
    attempt('script.textContent', () => {
      const script = make('script');
      script.textContent = code;
      document.body.append(script);
      if (!('taken' in window)) throw new TypeError('it was added and did not run');
    });
    attempt('onclick', () => {
      const button = document.body.appendChild(make('button'));
      button.setAttribute('onclick', code);
      button.click();
      button.remove();
      if (!('taken' in window)) throw new TypeError('it was set and did not run');
    });
    attempt('javascript: address', () => {
      const link = document.body.appendChild(make('a'));
      link.href = `javascript:${code}`;
      link.click();
      link.remove();
      if (!('taken' in window)) throw new TypeError('it was followed and did not run');
    });
    const types = (window as unknown as { trustedTypes: { createPolicy: (name: string, rules: object) => void } }).trustedTypes;
    const rules = { createHTML: (text: string) => text, createScript: (text: string) => text };
    attempt('a policy of its own', () => types.createPolicy('mine', rules));
    attempt('the policy for everything', () => types.createPolicy('default', rules));
    attempt('the same policy again', () => types.createPolicy('svelte-trusted-html', rules));
    const settled = async (name: string, act: () => Promise<unknown>): Promise<void> => {
      tried[name] = await act().then(
        () => 'done',
        (error: unknown) => (error as Error).name,
      );
    };
    await settled('import', () => import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`));
    await settled('fetch', () => fetch('https://example.com/'));
    await new Promise((done) => setTimeout(done, 100));
    tried['after all of it'] = 'taken' in window ? 'ran' : 'nothing ran';
    return tried;
  });
}

test('no script of the page can make a script or markup out of text, or ask another machine', async ({ page, engine }) => {
  await page.goto(engine.url);
  await expect(page.locator('main')).toBeVisible();
  for (const address of [undefined, '#/compact/r-1']) {
    if (address !== undefined) await open(page, address);
    await expect(page.locator('main')).toBeVisible();
    const outcome = await attempts(page);
    const { 'after all of it': after, ...each } = outcome;
    expect(after, address).toBe('nothing ran');
    for (const [name, what] of Object.entries(each)) expect(what, `${name} at ${address ?? 'the board'}`).toMatch(/Error$/);
  }
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
