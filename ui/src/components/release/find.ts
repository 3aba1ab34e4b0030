/** Finding a deploy by whatever a person knows of it. */
import type { DeployRow } from '$lib/api/bindings';
import { OUTCOME, STANDING } from '$lib/design/status';

/** Everything that is written on a row, and the words for what is drawn on it. */
function written(row: DeployRow): string {
  const { release, place } = row;
  return [
    place.service,
    place.environment,
    release.version,
    release.commit,
    release.digest,
    release.changelog,
    release.schema_version,
    ...(release.flags ?? []).map((flag) => `${flag.name} ${flag.value}`),
    row.strategy,
    row.actor,
    STANDING[row.standing].label,
    OUTCOME[row.outcome].label,
    row.suspect ? 'suspect' : '',
    row.lock ? `locked out ${row.lock.reason}` : '',
  ]
    .join(' ')
    .toLowerCase();
}

/** The rows on which every word stands, in whatever order; all of them without a word. */
export function found(rows: DeployRow[], query: string): DeployRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? rows : rows.filter((row) => words.every((word) => written(row).includes(word)));
}
