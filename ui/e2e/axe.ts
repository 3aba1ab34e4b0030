/** What is true of every screen, whatever its state. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs axe in spite of the page's policy: the debugger may evaluate what the page may not load. */
export async function violations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    awaitPromise: true,
    returnByValue: true,
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then((found) => found.violations.map((each) => each.id + ': ' + each.nodes.map((node) => node.target.join(' ')).join(', ')))`,
  });
  await session.detach();
  return result.value as string[];
}

/** What a web view draws without a pause; a list draws what is near the eye. */
const MOST_NODES = 1500;

/** What breaks a rule that holds on every screen; empty when none is broken. */
export async function brokenRules(page: Page): Promise<string[]> {
  return page.evaluate((most) => {
    const found: string[] = [];
    const shown = (each: Element): boolean => each.getClientRects().length > 0;
    const name = (each: Element): string => `<${each.tagName.toLowerCase()}> ${(each.textContent ?? '').trim().slice(0, 40)}`;
    // Only what can be reached counts: below an open dialog nothing can.
    const top = document.querySelector('dialog[open]') ?? document.body;
    const primaries = [...top.querySelectorAll('[data-primary]')].filter(shown);
    if (primaries.length > 1) found.push(`two primary actions: ${primaries.map(name).join(' | ')}`);
    const titles = [...document.querySelectorAll('h1')].filter(shown);
    if (titles.length !== 1) found.push(`${titles.length} first headings`);
    const nodes = document.querySelectorAll('*').length;
    if (nodes > most) found.push(`${nodes} nodes, ${most} allowed`);
    for (const each of document.querySelectorAll('[aria-disabled="true"]')) {
      const by = each.getAttribute('aria-describedby');
      const why = each.getAttribute('title') ?? (by === null ? null : document.getElementById(by)?.textContent) ?? each.textContent;
      if ((why ?? '').trim() === '') found.push(`disabled without a reason: ${name(each)}`);
    }
    if (document.querySelector(':disabled:not(input[type="radio"])')) found.push('a control is disabled without being able to say why');
    const main = document.querySelector('main');
    if (main && main.scrollWidth > main.clientWidth + 1) found.push(`the view is ${main.scrollWidth - main.clientWidth} px too wide`);
    for (const each of document.querySelectorAll('body *')) {
      const own = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
      if (own && shown(each) && !each.closest('svg, kbd') && parseFloat(getComputedStyle(each).fontSize) < 12)
        found.push(`smaller than 12 px: ${name(each)}`);
    }
    return found;
  }, MOST_NODES);
}
