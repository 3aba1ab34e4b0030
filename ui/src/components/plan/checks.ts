/** The checks before the first change, in short. */
import type { Finding, Grade } from '$lib/api/bindings';

/** The worst first: what is not known comes before a warning, because it may be anything. */
const ORDER: readonly Grade[] = ['block', 'unknown', 'warn', 'pass'];

interface Tally {
  grade: Grade;
  count: number;
  /** What they were about; empty for those that passed, which nobody has to look at. */
  subjects: string[];
}

/** How many ended how, the worst first; nothing where nothing was checked. */
export function tally(findings: Finding[]): Tally[] {
  return ORDER.flatMap((grade) => {
    const found = findings.filter((finding) => finding.grade === grade);
    return found.length === 0 ? [] : [{ grade, count: found.length, subjects: grade === 'pass' ? [] : found.map(({ subject }) => subject) }];
  });
}
