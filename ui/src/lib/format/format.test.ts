import { describe, expect, it } from 'vitest';
import { readRoute, writeRoute, type Route } from './route';
import { oneLine, percent, plural, safeLink, shortCommit, shortDigest } from './text';
import { ago, duration, localParts, parseInstant, utcClock, utcDay } from './time';

describe('time', () => {
  it('is told apart on both sides of the change to winter time', () => {
    const before = localParts(new Date('2026-10-25T00:30:00Z'), 'Europe/Madrid');
    const after = localParts(new Date('2026-10-25T01:30:00Z'), 'Europe/Madrid');
    expect(before.clock, 'the wall shows the same hour twice').toBe(after.clock);
    expect(before.zone, 'and the zone tells which').not.toBe(after.zone);
  });

  it('has its own day in UTC', () => {
    const at = new Date('2026-11-22T23:30:05Z');
    expect(localParts(at, 'Asia/Tokyo').day).toBe('2026-11-23');
    expect(utcDay(at)).toBe('2026-11-22');
    expect(utcClock(at)).toBe('23:30:05');
  });

  it('that cannot be read is no time', () => {
    expect(parseInstant(Number.NaN)).toBeUndefined();
  });

  it.each([
    [0, '0:00'],
    [4_999, '0:04'],
    [90_000, '1:30'],
    [4_198_000, '1:09:58'],
    [90_061_000, '1 d 1:01:01'],
    [-5_000, '0:00'],
  ])('%i ms reads %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it.each([
    [8_000, '8 s ago'],
    [720_000, '12 min ago'],
    [-10_000, 'in the future'],
    [4 * 86_400_000, '4 d ago'],
  ])('an age of %i ms reads %s', (ms, text) => {
    expect(ago(ms)).toBe(text);
  });
});

describe('text', () => {
  it.each([
    ['Fix the mail\nLog the sender', 'Fix the mail; Log the sender'],
    ['Fix the mail.\r\n\r\n  Log the sender\n', 'Fix the mail. Log the sender'],
    ['One line', 'One line'],
  ])('of several lines stays told apart on one: %j', (lines, line) => {
    expect(oneLine(lines)).toBe(line);
  });

  it.each([
    [0, '0%'],
    [0.005, '0.5%'],
    [0.048, '4.8%'],
    [0.1234, '12%'],
    [0.00031, '0.031%'],
  ])('a share of %d reads %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it('is shortened only where it is a digest or a commit', () => {
    expect(shortDigest('sha256:0123456789abcdef')).toBe('sha256:01234567');
    expect(shortCommit('v1.2.3')).toBe('v1.2.3');
    expect(plural(1, 'deploy')).toBe('1 deploy');
  });

  it('follows no link that could run something', () => {
    expect(safeLink('javascript:alert(1)')).toBeUndefined();
    expect(safeLink('https://wiki.acme.dev/x')).toBe('https://wiki.acme.dev/x');
  });
});

describe('an address', () => {
  const place = { service: 'check/out', environment: 'pro duction' };
  const routes: Route[] = [
    { view: 'releases', open: null },
    { view: 'releases', open: { place, release: 'sha256:1/2#3' } },
    { view: 'plan', place, from: 'a', to: null },
    { view: 'plan', place, from: 'a', to: 'b%20' },
    { view: 'plan', place, from: 'a', to: null, drill: true },
    { view: 'plan', place, from: 'a', to: 'b', drill: true },
    { view: 'runs' },
    { view: 'run', run: 'r-1', step: null },
    { view: 'run', run: 'r-1', step: 'restore!undo' },
    { view: 'timeline', run: null },
    { view: 'timeline', run: 'r-1' },
    { view: 'drills' },
    { view: 'board', open: null },
    { view: 'board', open: { place: { service: 'checkout', environment: 'prod/eu' }, release: 'v 1' } },
    { view: 'blame', place: null },
    { view: 'blame', place: { service: 'checkout', environment: 'prod/eu' } },
    { view: 'marks' },
    { view: 'judge' },
    { view: 'schema' },
  ];
  it.each(routes)('comes back as it was written: $view', (route) => {
    expect(readRoute(writeRoute(route))).toEqual(route);
  });

  it.each(['', '#', '#/', '#/nonsense', '#/plan/a', '#/%E0%A4%A'])('that means nothing leads home: %s', (hash) => {
    expect(readRoute(hash)).toEqual({ view: 'board', open: null });
  });
});
