/** What must be seen without scrolling in a window of 1280 by 800. */
import { expect } from '@playwright/test';
import { press, test } from './engine';
import { startRun } from './tour';
import { ask, enterDrill, fault, open, suspect } from './world';

/** As many lines of a log as a person needs to see what led to a question. */
const LINES = 6;
const LINE_PX = 18;

test('the checks of a plan are in sight, and C goes to them', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  const { place, release } = await suspect(page);
  await fault(page, 'plan', (answer: { findings: object[] }) => ({
    ...answer,
    findings: [{ subject: 'image of the target', grade: 'block', sentence: 'the registry no longer has it', mend: null }, ...answer.findings],
  }));
  await open(page, `#/${['plan', place.service, place.environment, release.id].map(encodeURIComponent).join('/')}`);
  await page.locator('input[type="radio"]:not(:disabled)').first().check();
  const short = page.getByRole('region', { name: 'Checks in short' });
  await expect(short).toContainText('1 block');
  await expect(short).toContainText('image of the target');
  await expect(short).toBeInViewport({ ratio: 1 });
  const whole = page.getByRole('heading', { name: 'Before the first change' });
  await expect(whole).not.toBeInViewport();
  await press(page, 'c');
  await expect(whole).toBeFocused();
  // Scrolled to a fraction of a pixel, which nobody sees.
  await expect(whole).toBeInViewport({ ratio: 0.99 });
});

test('the log beside a question has room for six lines, and the one action stays in sight', async ({ page, engine }) => {
  await enterDrill(page, engine.url);
  await suspect(page);
  const { run, address } = await startRun(page);
  const asked = page.getByRole('region', { name: 'What you are asked' });
  const log = page.getByRole('log');
  const fits = async (question: string): Promise<void> => {
    await expect(page.locator('[data-primary]'), question).toBeInViewport({ ratio: 1 });
    expect((await log.boundingBox())?.height, question).toBeGreaterThanOrEqual(LINES * LINE_PX);
  };
  await expect(asked).toBeVisible();
  await fits('a short question');

  // A verdict with more to say than fits.
  const view = await ask<{ ask: object }>(page, 'run', { run });
  const long = {
    ...view.ask,
    kind: 'verdict',
    question: 'The evidence does not decide. What now?',
    detail: Array.from({ length: 40 }, (_, index) => `${index + 1}. The query of the objective found no data in this interval.`).join('\n'),
  };
  await page.route('**/api/watch/run**', (route) => route.fulfill({ contentType: 'application/x-ndjson', body: `${JSON.stringify({ ...view, driven: false, ask: long })}\n` }));
  await open(page, address);
  await expect(asked).toContainText('The evidence does not decide');
  await fits('a long one');
});
