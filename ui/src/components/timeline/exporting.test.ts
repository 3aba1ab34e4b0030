import { describe, expect, it } from 'vitest';
import type { ExportView } from '$lib/api/bindings';
import { FORMATS, hasLayout, size, zones } from './exporting';

const file = (text: string, base64?: string): ExportView => ({
  file_name: 'a',
  media_type: 'a/b',
  text,
  lacks: [],
  ...(base64 === undefined ? {} : { base64 }),
});

describe('an export', () => {
  it('is as large as what is written, also when that is no text', () => {
    expect(size(file('é'))).toBe(2);
    for (const bytes of ['', 'a', 'ab', 'abc', 'abcd']) expect(size(file('', btoa(bytes)))).toBe(bytes.length);
  });

  it('has a layout only where sections stand in an order', () => {
    expect(FORMATS.map(({ id }) => id).filter(hasLayout)).toEqual(['markdown', 'html', 'pdf']);
  });

  it('offers each zone once, those that are likely first', () => {
    expect(zones('Europe/Berlin', ['Asia/Tokyo', 'Europe/Berlin', 'UTC'])).toEqual(['UTC', 'Europe/Berlin', 'Asia/Tokyo']);
  });
});
