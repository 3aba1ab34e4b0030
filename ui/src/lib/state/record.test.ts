import { describe, expect, it } from 'vitest';
import type { LineView, TimelineView } from '$lib/api/bindings';
import { Refused } from '$lib/api/client';
import { SILENT } from '$lib/api/fake';
import { timeline, told } from '$lib/api/fixtures/run';
import { LongRecord } from './record.svelte';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
const [first] = timeline.lines as [LineView];
const long = (count: number, of = ''): TimelineView => ({
  ...timeline,
  lines: Array.from({ length: count }, (_, at) => ({ ...first, id: `e${at}`, text: `${of}${at}` })),
  lines_in_all: count,
});

interface Asked {
  skip: number;
  most: number | undefined;
}

function over(whole: () => TimelineView): { record: LongRecord; asked: Asked[] } {
  const asked: Asked[] = [];
  const record = new LongRecord(
    ({ skip, most }) => {
      asked.push({ skip, most });
      return Promise.resolve(told(whole(), { starred: false, hidden: false, skip, ...(most === undefined ? {} : { most }) }));
    },
    () => 0,
  );
  return { record, asked };
}

describe('a long record', () => {
  it('is read in stretches near the eye, and never whole', async () => {
    const { record, asked } = over(() => long(50_000));
    await record.load();
    expect([record.count, record.at(0)?.text, record.at(5_000)]).toEqual([50_000, '0', undefined]);
    record.near(5_000, 5_040);
    await settle();
    expect([record.at(5_000)?.text, record.at(5_039)?.text]).toEqual(['5000', '5039']);
    record.near(5_010, 5_050);
    await settle();
    expect(asked.length, 'what is here is not asked for again').toBe(2);
    for (const { most } of asked) expect(most).toBeLessThanOrEqual(200);
  });

  it('forgets what is far from the eye, so that it does not grow without end', async () => {
    const whole = long(50_000);
    const { record } = over(() => whole);
    await record.load();
    for (let from = 0; from < 20_000; from += 120) {
      record.near(from, from + 120);
      await settle();
    }
    const kept = Array.from({ length: 50_000 }, (_, at) => record.at(at)).filter((line) => line !== undefined).length;
    expect(kept).toBeLessThanOrEqual(3_500);
    expect(record.at(19_950)?.text).toBe('19950');
  });

  it('shows the lines of the newest question and none of the one before', async () => {
    let of = 'old ';
    const { record } = over(() => long(300, of));
    await record.load();
    record.near(200, 240);
    await settle();
    of = 'new ';
    await record.load();
    const texts = Array.from({ length: 300 }, (_, at) => record.at(at)?.text).filter((text) => text !== undefined);
    expect(texts.every((text) => text.startsWith('new ')), texts.join()).toBe(true);
    expect(record.at(200)?.text, 'what is looked at was read first').toBe('new 200');
  });

  it('does not ask without end for a line that the engine does not hand over', async () => {
    const { record, asked } = over(() => long(3));
    const liar = new LongRecord((stretch) => {
      asked.push({ skip: stretch.skip, most: stretch.most });
      return Promise.resolve({ ...long(3), lines: [], lines_wanted: 3 });
    }, () => 0);
    await record.load();
    asked.length = 0;
    await liar.load();
    liar.near(0, 3);
    await settle();
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  it('keeps what was read when the engine falls silent, and says so', async () => {
    let silent = false;
    const record = new LongRecord(
      (stretch) => (silent ? Promise.reject(new Refused(SILENT)) : Promise.resolve(told(long(500), { starred: false, hidden: false, ...stretch }))),
      () => 0,
    );
    await record.load();
    silent = true;
    await record.load();
    expect([record.known.state, record.at(3)?.text]).toEqual(['stale', '3']);
  });
});
