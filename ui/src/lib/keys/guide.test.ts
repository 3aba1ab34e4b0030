import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { caps } from './chord';
import { COMMAND_IDS, shippedCommand, type Place } from './commands';

/** Vitest runs in `ui/`. */
const GUIDE = join(process.cwd(), '../docs/guide/keys.md');
const WHERE = {
  everywhere: 'Everywhere',
  list: 'In lists and texts',
  board: 'On the board',
  releases: 'On a release, and on a lane of the board',
  plan: 'On a plan',
  run: 'In a run',
  timeline: 'On the timeline',
  drills: 'Among the drills',
} as const satisfies Record<Place, string>;

function page(): string {
  const parts = (Object.keys(WHERE) as Place[]).flatMap((place) => {
    const rows = COMMAND_IDS.map(shippedCommand).filter((command) => command.place === place && command.keys.length > 0);
    if (rows.length === 0) return [];
    const lines = rows.map(({ keys, label }) => {
      const said = keys.map((chord) => caps(chord).map((cap) => `\`${cap}\``).join(' ')).join(' or ');
      return `| ${said} | ${label} |`;
    });
    return [`\n## ${WHERE[place]}\n\n| Key | What it does |\n|---|---|\n${lines.join('\n')}\n`];
  });
  return `# Keys of the window

Made from the table that handles them; a test compares this page with it. No single letter changes
the outside world except \`H\`, which only stops. Single letters can be turned off in the settings.
On macOS the command key is what \`Ctrl\` is elsewhere.
${parts.join('')}`;
}

it('the guide names the keys that the window handles', () => {
  if (process.env['LASTGOOD_WRITE'] === 'keys') writeFileSync(GUIDE, page());
  expect(readFileSync(GUIDE, 'utf8'), 'LASTGOOD_WRITE=keys npm test writes it').toBe(page());
});
