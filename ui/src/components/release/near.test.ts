import { describe, expect, it } from 'vitest';
import { deploys, detail, NOW } from '$lib/api/fixtures/releases';
import type { DeployRow, ReleaseView } from '$lib/api/bindings';
import { between, compare, summed } from './compare';
import { aroundMoment, beside, nearby, previousOf, releasesOf, summaryOf } from './near';

const MINUTE = 60_000;
const place = { service: 'checkout', environment: 'production' };
const row = (id: string, minutes: number, more: Partial<ReleaseView> = {}): DeployRow => ({
  ...deploys[0]!,
  at: NOW - minutes * MINUTE,
  release: { ...deploys[0]!.release, id, version: id, ...more },
});
/** `a` is gone back to by the last deploy. */
const rows = [row('a', 50), row('b', 40), row('c', 30), row('a', 20)];

describe('a release among those of its service', () => {
  it('has the ones beside it by the time of their latest deploy', () => {
    expect(releasesOf(rows, place).map((each) => each.release.id)).toEqual(['a', 'c', 'b']);
    const { older, newer } = beside(rows, place, 'c');
    expect([older?.release.id, newer?.release.id]).toEqual(['b', 'a']);
    expect(beside(rows, place, 'a').newer, 'the newest').toBeUndefined();
    expect(beside(rows, place, 'b').older, 'the oldest that is known').toBeUndefined();
    expect(beside(rows, place, 'elsewhere')).toEqual({});
    expect(beside(rows, { ...place, environment: 'staging' }, 'c'), 'another environment has releases of its own').toEqual({});
  });

  it('came after the newest deploy before it of another release', () => {
    expect(previousOf(rows, rows[3]!)?.release.id).toBe('c');
    expect(previousOf([...rows, row('a', 45)], row('a', 44))?.at, 'a second deploy of the same is no other release').toBeUndefined();
    expect(previousOf(rows, rows[0]!)).toBeUndefined();
  });

  it('is one line with the time of the person and of the record, and says what is not recorded', () => {
    expect(summaryOf(row('2026.11.4', 10), 'Europe/Madrid')).toBe(
      'checkout 2026.11.4 in production: deployed 2026-11-22 19:32:07 CET (2026-11-22 18:32:07 UTC) by ana; soaking; suspect; commit a1b2c3d4e; Lower the payment timeout and retry once',
    );
    const unrecorded = { ...row('x', 10, { commit: null, changelog: null }), actor: null, suspect: false };
    expect(summaryOf(unrecorded, 'UTC')).toBe(
      'checkout x in production: deployed 2026-11-22 18:32:07 UTC by somebody not recorded; soaking; commit not recorded; what changed is not recorded',
    );
  });
});

describe('two releases', () => {
  const how = (before: Partial<ReleaseView>, after: Partial<ReleaseView>, what: string) =>
    compare(row('a', 20, before), row('b', 10, after), undefined).find((each) => each.what === what);

  it('are the same in what is recorded of both, and not known in the rest', () => {
    const all = compare(row('a', 20), row('b', 10), undefined);
    expect(all.filter((each) => each.how !== 'same').map((each) => [each.what, each.how])).toEqual([['Configuration', 'unknown']]);
    expect(summed(all)).toBe('0 differ, 6 the same, 1 not known');
    const nothing = { commit: null, digest: null, schema_version: null, flags: null, cost: null };
    const unknown = compare(row('a', 20, nothing), row('b', 10), undefined).filter((each) => each.how === 'unknown');
    expect(unknown.map((each) => each.what)).toEqual(['Commit', 'Image', 'Configuration', 'Migration', 'Flags', 'Cost']);
  });

  it('are never called the same image by a name alone', () => {
    expect(how({ digest: null }, { digest: null }, 'Image')?.how).toBe('unknown');
    expect(how({ digest: null, artifact: 'shop/checkout:1' }, { digest: null, artifact: 'shop/checkout:2' }, 'Image')?.how).toBe('differs');
    expect(how({ artifact: 'shop/checkout:1' }, { artifact: 'shop/checkout:2' }, 'Image'), 'by digest they are').toMatchObject({ how: 'same' });
    expect(how({ digest: 'sha256:1' }, { digest: 'sha256:2' }, 'Image')?.how, 'the same tag moved').toBe('differs');
  });

  it('differ flag by flag', () => {
    const [before, after] = [[{ name: 'a', value: 'on' }, { name: 'b', value: '1%' }], [{ name: 'b', value: '50%' }, { name: 'c', value: 'on' }]];
    expect(how({ flags: before }, { flags: after }, 'Flags')?.lines).toEqual([
      { name: 'a', before: 'on', after: 'not named' },
      { name: 'b', before: '1%', after: '50%' },
      { name: 'c', before: 'not named', after: 'on' },
    ]);
  });

  it('have with them what the engine found of going back', () => {
    const said = compare(row('a', 20), row('b', 10), detail.candidates[0]).find((each) => each.what === 'Migration');
    expect(said?.note).toBe('Going back to a: whether it runs on today’s schema was not looked up.');
  });

  it('are as far apart as the releases between them', () => {
    expect(between(rows, rows[0]!, rows[2]!).map((each) => each.release.id)).toEqual(['c', 'b']);
    expect(between(rows, rows[1]!, rows[3]!).map((each) => each.release.id)).toEqual(['a', 'c']);
  });
});

describe('an objective around a deploy', () => {
  const at = (minutes: number, rate: number | null) => ({ at: NOW - minutes * MINUTE, rate });

  it('is not known where nothing was measured, before or after', () => {
    const points = [at(30, null), at(20, 0.01), at(15, 0.03), at(5, null)];
    expect(aroundMoment(points, NOW - 10 * MINUTE)).toEqual({ before: 0.02, after: null });
    expect(aroundMoment(points, NOW - 40 * MINUTE).before).toBeNull();
  });

  it('is looked at for as long before as after, and half an hour at the least', () => {
    const points = [at(200, 0), at(100, 0), at(35, 0), at(5, 0)];
    expect(nearby(points, NOW - 10 * MINUTE, NOW)).toHaveLength(2);
    expect(nearby(points, NOW - 60 * MINUTE, NOW)).toHaveLength(3);
  });
});
