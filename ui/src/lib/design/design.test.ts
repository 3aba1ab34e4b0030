/** The design's own rules, held against the tokens and against every style in the window. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contrast, distance, parseHex, VISIONS, type Rgb, type Vision } from './colour';

const SRC = join(process.cwd(), 'src/');
const TOKENS = readFileSync(join(SRC, 'lib/design/tokens.css'), 'utf8');
const THEMES = ['light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** A token that is `light-dark(#light, #dark)`. */
function token(name: string, theme: Theme): Rgb {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\);`).exec(TOKENS);
  const hex = found?.[theme === 'light' ? 1 : 2];
  if (hex === undefined) throw new Error(`no token --${name} with two hues`);
  return parseHex(hex);
}

const PLANES = ['canvas', 'surface', 'raised', 'sunken'];
/** The least favourable plane. */
const worst = (name: string, theme: Theme): number => Math.min(...PLANES.map((plane) => contrast(token(name, theme), token(plane, theme))));

describe.each(THEMES)('the tokens of the %s theme', (theme) => {
  it.each([
    ['text', 7],
    ['text-2', 5],
    ['text-3', 5],
    ['run', 5],
    ['ok', 5],
    ['danger', 5],
    ['warn', 4.5],
    // WCAG 2.2, 1.4.11: what is needed to find a control or the focus.
    ['control', 3],
    ['focus', 3],
    ['paper', 7],
  ])('let --%s be read on every plane: %f:1', (name, least) => {
    expect(worst(name, theme)).toBeGreaterThanOrEqual(least);
  });

  it('let the one action be read on its paper', () => {
    expect(contrast(token('paper', theme), token('on-paper', theme))).toBeGreaterThanOrEqual(7);
  });

  it.each(Object.keys(VISIONS) as Vision[])('keep the statuses apart for eyes that see as %s', (vision) => {
    const statuses = ['run', 'ok', 'warn', 'danger', 'text-3'];
    const near = statuses.flatMap((one, at) =>
      statuses.slice(at + 1).map((other) => ({ pair: `${one} and ${other}`, far: distance(token(one, theme), token(other, theme), vision) })),
    );
    // Two colours side by side are told apart from about 2 on; a glyph is small, so three times that.
    expect(near.filter(({ far }) => far < 6)).toEqual([]);
  });
});

it('the arithmetic gives what its sources give', () => {
  expect(contrast(parseHex('#000000'), parseHex('#ffffff'))).toBeCloseTo(21, 5);
  expect(contrast(parseHex('#777777'), parseHex('#ffffff'))).toBeCloseTo(4.48, 2);
  expect(distance(parseHex('#000000'), parseHex('#ffffff'), 'full')).toBeCloseTo(100, 1);
  const [red, green] = [parseHex('#c00000'), parseHex('#4f7f00')];
  expect(distance(red, green, 'deutan'), 'red and green come together').toBeLessThan(distance(red, green, 'full') / 2);
});

interface Style {
  file: string;
  css: string;
}

function styles(folder: string): Style[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((each) => each.isFile() && /\.(svelte|css)$/.test(each.name))
    .map((each) => {
      const path = join(each.parentPath, each.name);
      const text = readFileSync(path, 'utf8');
      const css = path.endsWith('.css') ? text : (/<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '');
      return { file: path.slice(SRC.length), css: css.replaceAll(/\/\*[\s\S]*?\*\//g, '') };
    });
}

/** Every place that breaks a rule, with its file. */
function broken(rule: RegExp, allowed: readonly string[] = []): string[] {
  return styles(SRC)
    .filter(({ file }) => !allowed.includes(file))
    .flatMap(({ file, css }) => [...css.matchAll(rule)].map((match) => `${file}: ${match[0].trim()}`));
}

describe('every style in the window', () => {
  it('takes its hues from the tokens', () => {
    expect(broken(/[^\n]*(#[0-9a-f]{3,8}\b(?![^;]*\{)|\b(rgb|hsl|oklch)a?\()[^\n]*/gi, ['lib/design/tokens.css'])).toEqual([]);
  });

  it('has no text below 12 px', () => {
    const sizes = styles(SRC).flatMap(({ file, css }) => [...css.matchAll(/font(?:-size)?:[^;]*?([\d.]+)px/g)].map((match) => ({ file, px: Number(match[1]), rule: match[0] })));
    expect(sizes.length, 'the rule looks at something').toBeGreaterThan(3);
    expect(sizes.filter(({ px }) => px < 12)).toEqual([]);
  });

  it('uses nothing that blurs, scales text, slants it or shouts', () => {
    expect(broken(/backdrop-filter[^;]*|transform:\s*scale[^;]*|font-style:\s*italic|(?<!::first-letter \{\s*)text-transform:\s*uppercase|filter:\s*blur[^;]*/g)).toEqual([]);
  });

  it('moves nothing but a colour or an opacity, and for as long as the tokens say', () => {
    expect(broken(/animation:(?!\s*\w+ 0s )[^;]*|animation-[a-z]+:[^;]*/g), 'what takes no time only waits').toEqual([]);
    const moves = styles(SRC).flatMap(({ file, css }) => [...css.matchAll(/transition:([^;]*);/g)].map((match) => `${file}:${match[1] ?? ''}`));
    expect(moves.filter((each) => !each.includes('var(--t-state)') || /\b(all|transform|width|height|top|left)\b/.test(each))).toEqual([]);
  });

  it('casts no shadow but that of a dialog', () => {
    expect(broken(/box-shadow:(?!\s*(inset|var\(--lift\)|none))[^;]*/g)).toEqual([]);
  });
});

it('the highest contrast that a person asks for leaves no faint line and no faint text', () => {
  const more = /@media \(prefers-contrast: more\) \{([\s\S]*?)\n\}/.exec(TOKENS)?.[1] ?? '';
  expect(more).toContain('--line: var(--control)');
  expect(more).toContain('--text-3: var(--text-2)');
});
