import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** The system's browser; none is downloaded. */
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

export default defineConfig({
  testDir: 'e2e',
  // Figures are printed and fail nothing; they are asked for by name.
  testMatch: process.env['LASTGOOD_BENCH'] === undefined ? '*.spec.ts' : '*.bench.ts',
  outputDir: 'test-results',
  // One engine per test and few cores: one at a time.
  workers: 1,
  // An engine and a browser share few cores and may starve each other. A second try tells that from
  // a fault; a journey that needed it is named as flaky in the summary.
  retries: 1,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Madrid',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
