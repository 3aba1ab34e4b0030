/** What the window says keeps to its words: one word for a thing, and none that only fills. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Vitest runs in `ui/`. */
const ROOT = join(process.cwd(), 'src');

/** What is not said, and what is said instead. */
const INSTEAD: [RegExp, string][] = [
  [/\bplease\b/i, 'say what to do'],
  [/\b(oops|sorry|whoops)\b/i, 'say what happened'],
  [/\bsuccess(ful(ly)?)?\b/i, 'say what was done, in the past tense'],
  [/\bare you sure\b/i, 'say what will happen'],
  [/\bproceed\b/i, 'name the act and its target'],
  [/\bclick here\b/i, 'name where it leads'],
  [/\bplaybooks?\b/i, 'runbook'],
  [/\bworkflows?\b/i, 'runbook'],
  [/\bdashboards?\b/i, 'board'],
  [/\b(revert|reverted|reverting)\b/i, 'roll back, or take back'],
  [/\broll-back\b/i, 'rollback'],
  [/\bsimulat(e|ion) run\b/i, 'drill'],
  [/\bapproved? by\b/i, 'confirmed by'],
  [/\bkilled?\b/i, 'abort, or end'],
  [/\bblacklist|whitelist\b/i, 'lock out, allow'],
  [/\w!(\s|$)/, 'no exclamation mark'],
];

interface Said {
  file: string;
  text: string;
}

/** The texts between tags, and those of attributes that people read or hear. */
function ofMarkup(file: string, source: string): Said[] {
  const found: Said[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const each = node as { type?: string; data?: string; value?: unknown; name?: string };
    if (each.type === 'Comment') return;
    if (each.type === 'Text' && typeof each.data === 'string' && each.data.trim() !== '') found.push({ file, text: each.data });
    if (each.type === 'Literal' && typeof each.value === 'string' && /\s/.test(each.value)) found.push({ file, text: each.value });
    if (each.type === 'Attribute' && /^(class|style|d|viewBox|rel|autocomplete)$/.test(each.name ?? '')) return;
    for (const [key, value] of Object.entries(each)) if (key !== 'css' && key !== 'instance' && key !== 'module') visit(value);
  };
  const tree = parse(source, { modern: true, filename: file });
  visit(tree.fragment);
  const script = /<script[^>]*>([\s\S]*?)<\/script>/.exec(source)?.[1] ?? '';
  return [...found, ...ofScript(file, script)];
}

/** The strings of a script that are sentences or labels: several words, or one that begins large. */
function ofScript(file: string, source: string): Said[] {
  const found: Said[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      if (/\s|^[A-Z][a-z]/.test(node.text)) found.push({ file, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true));
  return found;
}

function everythingSaid(): Said[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => !/\.test\.ts$|fixtures|bindings\.ts|gallery\.ts|fake\.ts/.test(file))
    .flatMap((file) => {
      if (!/\.(svelte|ts)$/.test(file)) return [];
      const source = readFileSync(join(ROOT, file), 'utf8');
      return file.endsWith('.svelte') ? ofMarkup(file, source) : ofScript(file, source);
    });
}

describe('what the window says', () => {
  const said = everythingSaid();

  it('is found by this test', () => {
    expect(said.length).toBeGreaterThan(500);
    for (const known of ['Add a note', 'Leave an entry out', 'A reason is needed.'])
      expect(said.some(({ text }) => text.includes(known)), known).toBe(true);
  });

  it.each(INSTEAD)('has no %s: %s', (word) => {
    expect(said.filter(({ text }) => word.test(text)).map(({ file, text }) => `${file}: ${text.trim()}`)).toEqual([]);
  });
});
