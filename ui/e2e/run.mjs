// Runs the journeys against a real engine, or says clearly that it did not.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const binary = process.env.LASTGOOD_BIN;
if (!binary || !existsSync(binary)) {
  console.log(
    binary
      ? `SKIPPED: the journeys need the lastgood program, and there is none at ${binary}.`
      : 'SKIPPED: the journeys need the lastgood program; name it in LASTGOOD_BIN.',
  );
  process.exit(0);
}
if (!existsSync(new URL('../dist/index.html', import.meta.url))) {
  const built = spawnSync('npm', ['run', 'build'], { stdio: 'inherit' });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
const { status } = spawnSync('npx', ['playwright', 'test', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
