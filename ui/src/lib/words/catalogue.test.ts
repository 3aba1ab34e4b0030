/** All texts of the window are in one file, ready for translation: `npm run messages` writes it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, compileModule } from 'svelte/compiler';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { inOther, textsOf } from '../../../messages/texts';

const ROOT = join(process.cwd(), 'src');
const CATALOGUE = join(process.cwd(), 'messages/en.json');
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(svelte|ts)$/.test(file) && !/\.test\.ts$|fixtures|bindings\.ts|gallery\.ts|fake\.ts/.test(file))
  .sort();
const source = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

function catalogue(): Record<string, string[]> {
  const texts = new Map<string, Set<string>>();
  for (const file of files) for (const { text } of textsOf(file, source(file))) texts.set(text, (texts.get(text) ?? new Set()).add(file));
  return Object.fromEntries([...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([text, where]) => [text, [...where]]));
}

/** A language that nobody speaks, in which every text is longer and its holes stand the other way round. */
function pseudo(text: string): string {
  return `⟦${text.replace(/\{(\d+)\}/g, (_, hole: string) => `‹{${hole}}›`)} \`"{}$\\ ⟧`;
}

/** Every file is parsed, which takes a busy machine a while. */
const PATIENCE_MS = 60_000;

describe('the catalogue of messages', { timeout: PATIENCE_MS }, () => {
  const found = catalogue();

  it('has every text of the window, and none that is gone', () => {
    const all = `${JSON.stringify(found, null, 2)}\n`;
    if (process.env['LASTGOOD_MESSAGES'] === 'write') writeFileSync(CATALOGUE, all);
    expect(readFileSync(CATALOGUE, 'utf8') === all, 'run `npm run messages` in ui/').toBe(true);
  });

  it('has sentences, labels, what is computed, and no code', () => {
    const texts = Object.keys(found);
    for (const known of ['Add a note', 'A reason is needed.', '{0} of {1} steps wait for you; the others begin by themselves.', 'as the system', 'dark', 'Roll back to {0}'])
      expect(texts, known).toContain(known);
    for (const odd of ['Control+Enter', 'lastgood.theme', 'go-board', 'keydown', 'ArrowLeft', 'needs-you']) expect(texts, odd).not.toContain(odd);
  });

  it.each(files)('%s can be said in another language', (file) => {
    const messages = textsOf(file, source(file));
    const other = inOther(source(file), messages, pseudo);
    if (file.endsWith('.svelte')) compile(other, { filename: file, generate: 'client' });
    else {
      const { outputText, diagnostics } = ts.transpileModule(other, { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } });
      expect(diagnostics?.map(({ messageText }) => messageText)).toEqual([]);
      if (file.endsWith('.svelte.ts')) compileModule(outputText, { filename: file, generate: 'client' });
    }
    expect(other.match(/⟦/g)?.length ?? 0, 'each once').toBe(messages.length);
    expect(inOther(source(file), messages, () => undefined), 'without a translation nothing changes').toBe(source(file));
  });

  it('puts a translation where its words belong', () => {
    const file = 'one.svelte';
    const text = `<script lang="ts">let why = $derived(open ? \`Ask \${who(\`the \${name} engine\`)} first\` : 'nothing to ask');</script>\n<p title="Ask {who} now">  {done} of {all} steps, <b>late</b></p>`;
    const words: Record<string, string> = {
      'Ask {0} first': 'Zuerst {0} fragen',
      'the {0} engine': 'die Maschine {0}',
      'Ask {0} now': 'Jetzt "{0}" fragen',
      '{0} of {1} steps,': 'von {1} Schritten {0},',
    };
    expect(inOther(text, textsOf(file, text), (each) => words[each])).toBe(
      `<script lang="ts">let why = $derived(open ? \`Zuerst \${who(\`die Maschine \${name}\`)} fragen\` : 'nothing to ask');</script>\n<p title="Jetzt &#34;{who}&#34; fragen">  von {all} Schritten {done}, <b>late</b></p>`,
    );
  });
});
