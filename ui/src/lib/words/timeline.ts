/** Words of the record. */
import type { Milestone } from '$lib/api/bindings';

/** The points of an incident that people mark, in the order in which they come. */
export const MILESTONE = {
  'impact-started': 'Impact started',
  detected: 'Detected',
  acknowledged: 'Acknowledged',
  mitigated: 'Mitigated',
  verified: 'Verified',
  resolved: 'Resolved',
} as const satisfies Record<Milestone, string>;
