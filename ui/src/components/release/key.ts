/** What tells one deploy from another, in an address as well as in a list. */
import type { DeployRow } from '$lib/api/bindings';
import { writeRoute } from '$lib/format/route';

export function deployKey(row: DeployRow): string {
  return [row.place.service, row.place.environment, row.release.id, row.at].join('\n');
}

export function deployHref(row: DeployRow): string {
  return writeRoute({ view: 'releases', open: { place: row.place, release: row.release.id } });
}
