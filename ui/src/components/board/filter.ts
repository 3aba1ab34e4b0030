/** What a person wants to see of the board, and what that hides. */
import type { DeployRow, Place, PlaceHealth } from '$lib/api/bindings';

/** What a deploy is to somebody who looks for the one that broke it. What is not recorded fits as well. */
export const KIND = {
  forward: 'new releases',
  back: 'rollbacks',
  schema: 'another schema or not known',
  flags: 'flags set or not known',
  failed: 'failed or not known',
} as const;
export type Kind = keyof typeof KIND;
export const KINDS = Object.keys(KIND) as Kind[];

/** An empty word wants everything. The first three choose lanes, the others deploys on them. */
export interface Filter {
  service: string;
  team: string;
  environment: string;
  kind: Kind | '';
  actor: string;
}

export const EVERYTHING: Filter = { service: '', team: '', environment: '', kind: '', actor: '' };

/** Stands for whoever is not recorded. */
export const UNNAMED = '–';

/** A filter that was kept; what this version does not know wants everything. */
export function filterOf(kept: Record<string, string>): Filter {
  const word = (name: keyof Filter): string => kept[name] ?? '';
  return {
    service: word('service'),
    team: word('team'),
    environment: word('environment'),
    kind: KINDS.find((each) => each === word('kind')) ?? '',
    actor: word('actor'),
  };
}

/** The filter in words; nothing when it wants everything. */
export function named({ service, team, environment, kind, actor }: Filter): string[] {
  return [
    service && `service ${service}`,
    team && (team === UNNAMED ? 'no team named' : `team ${team}`),
    environment && `in ${environment}`,
    kind && KIND[kind],
    actor && (actor === UNNAMED ? 'by nobody recorded' : `by ${actor}`),
  ].filter((each) => each !== '');
}

/** Is a lane wanted? Whose team has not been heard of yet is: what is not known is not hidden. */
export function laneFits({ service, team, environment }: Filter, place: Place, owner: string | null | undefined): boolean {
  const ofTeam = team === '' || owner === undefined || (owner ?? UNNAMED) === team;
  return (service === '' || place.service === service) && (environment === '' || place.environment === environment) && ofTeam;
}

/** The deploys that came with another schema than the one before them, or of which that is not known. */
export function otherSchema(deploys: DeployRow[]): Set<DeployRow> {
  const found = new Set<DeployRow>();
  let before: string | null = null;
  for (const deploy of deploys.toSorted((a, b) => a.at - b.at)) {
    const now = deploy.release.schema_version;
    if (now === null || before === null || now !== before) found.add(deploy);
    before = now;
  }
  return found;
}

/** Is a deploy of a wanted lane wanted? */
export function deployFits({ kind, actor }: Filter, deploy: DeployRow, back: boolean, schema: boolean): boolean {
  if (actor !== '' && (deploy.actor ?? UNNAMED) !== actor) return false;
  switch (kind) {
    case '':
      return true;
    case 'forward':
      return !back;
    case 'back':
      return back;
    case 'schema':
      return schema;
    case 'flags':
      return deploy.release.flags === null || deploy.release.flags.length > 0;
    case 'failed':
      return deploy.outcome === 'failed' || deploy.outcome === 'rolled-back' || deploy.outcome === 'unknown';
  }
}

/** What nobody should miss because of a filter: lanes by what they would have said, each by its name. */
export interface Hidden {
  burning: string[];
  waiting: string[];
  unknown: string[];
  /** Lanes that are shown, whose suspect is not. */
  suspects: string[];
}

/**
 * What a filter hides. `shown` tells of a lane whether it is on the board, which deploys it has and which
 * of them are on it, `waits` whether a run of it waits for the person.
 */
export function hidden(
  places: PlaceHealth[],
  shown: (place: Place) => { lane: boolean; all: DeployRow[]; deploys: DeployRow[] },
  waits: (each: PlaceHealth) => boolean,
): Hidden {
  const name = ({ place }: PlaceHealth): string => `${place.service} in ${place.environment}`;
  const away = places.filter((each) => !shown(each.place).lane);
  return {
    burning: away.filter((each) => each.state === 'burning').map(name),
    waiting: away.filter(waits).map(name),
    unknown: away.filter((each) => each.state === 'unknown').map(name),
    suspects: places
      .filter(({ place, suspect }) => {
        const { lane, all, deploys } = shown(place);
        const accused = all.filter((each) => each.suspect || each.release.id === suspect?.release);
        return lane && accused.some((each) => !deploys.includes(each));
      })
      .map(name),
  };
}

/** Everybody who is named, in order, and last whoever is not. */
export function choices(words: (string | null)[]): string[] {
  const found = [...new Set(words.filter((each) => each !== null))].toSorted();
  return words.includes(null) && found.length > 0 ? [...found, UNNAMED] : found;
}
