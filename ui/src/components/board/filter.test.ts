import { describe, expect, it } from 'vitest';
import { health } from '$lib/api/fixtures/judgement';
import { deploys, NOW } from '$lib/api/fixtures/releases';
import type { DeployRow, PlaceHealth } from '$lib/api/bindings';
import { choices, deployFits, EVERYTHING, filterOf, hidden, KINDS, laneFits, named, otherSchema, UNNAMED } from './filter';

const row = (minutes: number, more: Partial<DeployRow['release']> = {}): DeployRow => ({
  ...deploys[0]!,
  at: NOW - minutes * 60_000,
  release: { ...deploys[0]!.release, id: `r-${minutes}`, ...more },
});

describe('the filter of the board', () => {
  const places = ['a', 'b'].flatMap((service) => ['production', 'staging'].map((environment) => ({ service, environment })));
  const lanes = (more: object, owner: string | null = 'shop'): number =>
    places.filter((place) => laneFits({ ...EVERYTHING, ...more }, place, owner)).length;

  it('chooses lanes by service, environment and team', () => {
    expect([lanes({}), lanes({ service: 'a' }), lanes({ environment: 'staging' }), lanes({ service: 'a', environment: 'staging' }), lanes({ service: 'c' })]).toEqual([4, 2, 2, 1, 0]);
    expect([lanes({ team: 'shop' }), lanes({ team: 'money' }), lanes({ team: UNNAMED }), lanes({ team: UNNAMED }, null)]).toEqual([4, 0, 0, 4]);
  });

  it('hides no lane because its team has not been heard of', () => {
    expect(laneFits({ ...EVERYTHING, team: 'money' }, places[0]!, undefined)).toBe(true);
  });

  it('keeps a deploy of which it is not known whether it fits', () => {
    const fits = (kind: 'flags' | 'schema' | 'failed', deploy: DeployRow): boolean =>
      deployFits({ ...EVERYTHING, kind }, deploy, false, otherSchema([deploy]).has(deploy));
    const unrecorded = { ...row(5, { flags: null, schema_version: null }), outcome: 'unknown' as const };
    expect([fits('flags', unrecorded), fits('schema', unrecorded), fits('failed', unrecorded)]).toEqual([true, true, true]);
    expect(fits('flags', row(5, { flags: [] })), 'that none was set is known').toBe(false);
  });

  it('tells rollbacks from new releases, and who deployed', () => {
    const fits = (more: object, back: boolean): boolean => deployFits({ ...EVERYTHING, ...more }, deploys[0]!, back, false);
    expect([fits({ kind: 'back' }, true), fits({ kind: 'back' }, false), fits({ kind: 'forward' }, true)]).toEqual([true, false, false]);
    expect([fits({ actor: 'ana' }, false), fits({ actor: 'li' }, false), fits({ actor: UNNAMED }, false)]).toEqual([true, false, false]);
  });

  it('finds the deploys that came with another schema', () => {
    const rows = [row(40, { schema_version: '1' }), row(30, { schema_version: '1' }), row(20, { schema_version: '2' }), row(10, { schema_version: null })];
    expect([...otherSchema(rows)].map((each) => each.release.id), 'of the first nothing is known before it').toEqual(['r-40', 'r-20', 'r-10']);
  });

  it('comes back as it was kept, without what this version does not know', () => {
    const filter = { ...EVERYTHING, service: 'checkout', kind: 'back' as const };
    expect(filterOf({ ...filter })).toEqual(filter);
    expect(filterOf({ kind: 'by-moonlight', colour: 'red' })).toEqual(EVERYTHING);
  });

  it('says itself in words, and nothing when it wants everything', () => {
    expect(named(EVERYTHING)).toEqual([]);
    expect(named({ service: 'checkout', team: UNNAMED, environment: 'staging', kind: 'back', actor: 'ana' })).toEqual([
      'service checkout',
      'no team named',
      'in staging',
      'rollbacks',
      'by ana',
    ]);
    for (const kind of KINDS) expect(named({ ...EVERYTHING, kind })).toHaveLength(1);
  });

  it('offers whoever is not recorded only beside somebody who is', () => {
    expect(choices(['li', null, 'ana', 'li'])).toEqual(['ana', 'li', UNNAMED]);
    expect(choices([null, null])).toEqual([]);
  });
});

describe('what a filter hides', () => {
  const suspect = { release: 'r-10', version: '2', at: NOW, broken_since: NOW };
  const lane = (service: string, more: Partial<PlaceHealth>): PlaceHealth => ({
    ...health.places[0]!,
    place: { service, environment: 'production' },
    state: 'within',
    part: null,
    suspect: null,
    ...more,
  });
  const all = [lane('a', { state: 'burning' }), lane('b', { state: 'unknown' }), lane('c', { suspect }), lane('d', {})];

  it('is told of every lane that burns, waits or is not known, by its name', () => {
    const found = hidden(all, () => ({ lane: false, all: [], deploys: [] }), (each) => each.place.service === 'd');
    expect(found).toEqual({ burning: ['a in production'], waiting: ['d in production'], unknown: ['b in production'], suspects: [] });
  });

  it('is told of a suspect that is not on its lane', () => {
    const rows = [{ ...row(10), suspect: false }];
    const at = (deploys: DeployRow[], of = rows) => hidden(all.slice(2), () => ({ lane: true, all: of, deploys }), () => false).suspects;
    expect([at([]), at(rows)], 'by what its service does now').toEqual([['c in production'], []]);
    const open = [{ ...row(5), suspect: true }];
    expect([at([], open), at(open, open)], 'by its rollout').toEqual([['c in production', 'd in production'], []]);
  });
});
