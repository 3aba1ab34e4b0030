/** A release among those of its service, and in one line. */
import type { DeployRow, Place, Point } from '$lib/api/bindings';
import { STANDING } from '$lib/design/status';
import { oneLine, shortCommit } from '$lib/format/text';
import { localParts, utcClock, utcDay } from '$lib/format/time';

function isAt(place: Place, row: DeployRow): boolean {
  return row.place.service === place.service && row.place.environment === place.environment;
}

/** The latest deploy of each release of a place, newest first. */
export function releasesOf(rows: DeployRow[], place: Place): DeployRow[] {
  const own = rows.filter((row) => isAt(place, row)).toSorted((a, b) => b.at - a.at);
  return own.filter((row, index) => own.findIndex((each) => each.release.id === row.release.id) === index);
}

/** The releases beside one, in time; `undefined` at either end, or where it is not among them. */
export function beside(rows: DeployRow[], place: Place, release: string): { older?: DeployRow; newer?: DeployRow } {
  const all = releasesOf(rows, place);
  const at = all.findIndex((row) => row.release.id === release);
  const [older, newer] = at === -1 ? [] : [all[at + 1], all[at - 1]];
  return { ...(older && { older }), ...(newer && { newer }) };
}

/** What ran before a deploy: the newest one before it of another release. */
export function previousOf(rows: DeployRow[], row: DeployRow): DeployRow | undefined {
  return rows
    .filter((each) => isAt(row.place, each) && each.at < row.at && each.release.id !== row.release.id)
    .toSorted((a, b) => b.at - a.at)[0];
}

/** What one tells others of a release, in a line that needs no window. */
export function summaryOf(row: DeployRow, zone: string | undefined): string {
  const at = new Date(row.at);
  const local = localParts(at, zone);
  const utc = `${utcDay(at)} ${utcClock(at)} UTC`;
  const when = local.zone === 'UTC' ? utc : `${local.day} ${local.clock} ${local.zone} (${utc})`;
  const { release } = row;
  const facts = [
    `deployed ${when} by ${row.actor ?? 'somebody not recorded'}`,
    STANDING[row.standing].label.toLowerCase(),
    row.suspect ? 'suspect' : '',
    row.lock ? `locked out: ${row.lock.reason}` : '',
    release.commit === null ? 'commit not recorded' : `commit ${shortCommit(release.commit)}`,
    release.changelog === null ? 'what changed is not recorded' : oneLine(release.changelog),
  ];
  return `${row.place.service} ${release.version} in ${row.place.environment}: ${facts.filter(Boolean).join('; ')}`;
}

/** How an objective did before and after a moment: the mean of the known points; `null` where none is known. */
export function aroundMoment(points: Point[], at: number): { before: number | null; after: number | null } {
  const mean = (some: Point[]): number | null => {
    const rates = some.flatMap(({ rate }) => (rate === null ? [] : [rate]));
    return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  };
  return { before: mean(points.filter((point) => point.at < at)), after: mean(points.filter((point) => point.at >= at)) };
}

/** As much of a line before a moment as after it, and half an hour at the least, so that a bend is seen. */
export function nearby(points: Point[], at: number, now: number): Point[] {
  const length = Math.max(30 * 60_000, now - at);
  return points.filter((point) => point.at >= at - length);
}
