/** How loudly an environment announces itself on the strip. */
export type Tier = 'production' | 'staging' | 'other';

/**
 * Reads the tier off the environment's name. A name that says nothing counts as
 * production: the louder mark is the safe mistake.
 */
export function tierOf(environment: string): Tier {
  if (/\b(dev|development|test|local|sandbox|practice|drill)\b/i.test(environment)) return 'other';
  if (/\b(stag(e|ing)?|pre-?prod(uction)?|qa|uat|canary)\b/i.test(environment)) return 'staging';
  return 'production';
}
