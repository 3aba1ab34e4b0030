/** What differs between two releases of a service, as far as it was recorded. */
import type { CandidateView, DeployRow, Gate, ReleaseView } from '$lib/api/bindings';

/** `unknown`: not recorded of one of them, so that nobody can say. */
export type Sameness = 'differs' | 'same' | 'unknown';

export interface Difference {
  what: string;
  how: Sameness;
  /** From what to what; empty where there is nothing to show. */
  lines: { name: string | null; before: string; after: string }[];
  /** What is to be known with it. */
  note: string | null;
}

const MISSING = 'not recorded';

function fact(what: string, before: string | null, after: string | null, note: string | null = null): Difference {
  const how = before === null || after === null ? 'unknown' : before === after ? 'same' : 'differs';
  return { what, how, lines: how === 'same' ? [{ name: null, before: '', after: after ?? '' }] : [{ name: null, before: before ?? MISSING, after: after ?? MISSING }], note };
}

/** A tag may name another image than it did; only a digest says that two are the same. */
function image(before: ReleaseView, after: ReleaseView): Difference {
  if (before.digest !== null && after.digest !== null) {
    const pinned = fact('Image', before.digest, after.digest);
    return pinned.how === 'same' && before.artifact !== after.artifact ? { ...pinned, note: `The same image by another name: ${after.artifact}` } : pinned;
  }
  if (before.artifact !== after.artifact) return fact('Image', before.artifact, after.artifact, 'Compared by name; a digest is not recorded of both.');
  return { what: 'Image', how: 'unknown', lines: [{ name: null, before: '', after: after.artifact }], note: 'Both have this name. Without both digests nobody can say that it named the same image.' };
}

function flags(before: ReleaseView, after: ReleaseView): Difference {
  const said = (release: ReleaseView): string => (release.flags === null ? MISSING : release.flags.map(({ name, value }) => `${name} ${value}`).join(', ') || 'none');
  if (before.flags === null || after.flags === null)
    return { what: 'Flags', how: 'unknown', lines: [{ name: null, before: said(before), after: said(after) }], note: null };
  const [was, is] = [before.flags, after.flags].map((all) => new Map(all.map(({ name, value }) => [name, value])));
  const names = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].toSorted();
  const moved = names.filter((name) => was?.get(name) !== is?.get(name));
  if (moved.length === 0) return { what: 'Flags', how: 'same', lines: [{ name: null, before: '', after: said(after) }], note: null };
  return { what: 'Flags', how: 'differs', lines: moved.map((name) => ({ name, before: was?.get(name) ?? 'not named', after: is?.get(name) ?? 'not named' })), note: null };
}

/**
 * Compares a deploy with one before it. `candidate` is what the engine found of going back to the one
 * before; absent where it looked at no such thing.
 */
export function compare(before: DeployRow, after: DeployRow, candidate: CandidateView | undefined): Difference[] {
  const [was, is] = [before.release, after.release];
  const gate = (wanted: Gate): string | null => {
    const row = candidate?.gates.find((each) => each.gate === wanted);
    return row === undefined ? null : `Going back to ${was.version}: ${row.why}.`;
  };
  return [
    fact('Commit', was.commit, is.commit),
    image(was, is),
    {
      what: 'Configuration',
      how: 'unknown',
      lines: [],
      note: gate('settings') ?? 'No source records the configuration with a release.',
    },
    fact('Migration', was.schema_version, is.schema_version, gate('schema')),
    flags(was, is),
    fact('Cost', was.cost === null ? null : `${was.cost} per 1,000 requests`, is.cost === null ? null : `${is.cost} per 1,000 requests`),
    fact('Strategy', before.strategy, after.strategy),
  ];
}

/** How the differences add up: `2 differ, 3 the same, 2 not known`. */
export function summed(all: Difference[]): string {
  const of = (how: Sameness): number => all.filter((each) => each.how === how).length;
  return `${of('differs')} differ, ${of('same')} the same, ${of('unknown')} not known`;
}

/** The deploys after `before`, up to and with `after`, newest first: what came in between is what changed. */
export function between(rows: DeployRow[], before: DeployRow, after: DeployRow): DeployRow[] {
  const found = rows.filter((row) => row.at > before.at && row.at <= after.at).toSorted((a, b) => b.at - a.at);
  return found.filter((row, index) => row.release.id !== before.release.id && found.findIndex((each) => each.release.id === row.release.id) === index);
}
