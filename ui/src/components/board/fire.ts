/** What burns, in one line, for where there is no room for a board. */
import type { PlaceHealth } from '$lib/api/bindings';
import { percent } from '$lib/format/text';

export interface Fire {
  /** `checkout in production` */
  where: string;
  /** `burns 6.1 times`, `2026.11.4 is bad, 5.7% of its requests` */
  how: string;
  /** How many others burn besides. */
  more: number;
}

/** `6.1 times faster than allowed` in short; a burn that nobody can count is not counted. */
export function times(burn: number | null): string {
  return burn === null ? '' : ` ${Number(burn.toPrecision(2))} times`;
}

/** How bad the part of a service is that burns while the rest does not. */
export function partWords(part: NonNullable<PlaceHealth['part']>): string {
  const { counts } = part.judgement;
  return `${part.version} is bad: ${percent(counts.total === 0 ? 0 : counts.bad / counts.total)} of its requests`;
}

/** The worst fire; the engine has ranked the places. */
export function fire(places: PlaceHealth[]): Fire | undefined {
  const burning = places.filter((each) => each.state === 'burning' || each.part !== null);
  const [worst] = burning;
  if (worst === undefined) return undefined;
  const where = `${worst.place.service} in ${worst.place.environment}`;
  const how = worst.state === 'burning' || worst.part === null ? `burns${times(worst.burn)}` : partWords(worst.part);
  return { where, how, more: burning.length - 1 };
}
