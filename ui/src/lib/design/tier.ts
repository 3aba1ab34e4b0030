import type { Tier as Said } from '$lib/api/bindings';

/** How loudly an environment announces itself on the strip. */
export type Tier = 'production' | 'staging' | 'other';

/**
 * What the catalog says of an environment; where it says nothing, its name is read. A name
 * that says nothing counts as production: the louder mark is the safe mistake.
 */
export function tierOf(environment: string, said: Said | null = null): Tier {
  if (said !== null) return said === 'development' ? 'other' : said;
  if (/\b(dev|development|test|local|sandbox|practice|drill)\b/i.test(environment)) return 'other';
  if (/\b(stag(e|ing)?|pre-?prod(uction)?|qa|uat|canary)\b/i.test(environment)) return 'staging';
  return 'production';
}

/** May a drill change what is really there? Only where the catalog says that no users are. */
export function rehearsable(said: Said | null): boolean {
  return said === 'staging' || said === 'development';
}
