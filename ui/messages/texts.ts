/**
 * The texts of the window, found where they stand: between tags, in attributes that people read,
 * and in strings that are sentences or labels. What is computed is a hole: `{0} of {1} steps`. The
 * window is written in English in its own files; another language is put in their place when it is
 * built, so that a translated window costs nothing at run time.
 */
import { parse } from 'svelte/compiler';

interface Span {
  start: number;
  end: number;
}

export interface Message extends Span {
  /** What is said, with its holes numbered. */
  text: string;
  holes: Span[];
  /** How a text stands there: what has to be escaped. */
  as: 'markup' | 'attribute' | 'string';
}

interface Node extends Span {
  type: string;
  [key: string]: unknown;
}

/** Attributes that are no words, whatever stands in them. */
const MUTE = /^(class|style|d|points|viewBox|rel|autocomplete|chord|href|id|for|type|role|tabindex|spellcheck|inputmode)$/;
/** Properties whose words are read even where there is only one. */
const SPOKEN = /^(label|title|word|heading|hint|act|legend|name)$/;
/** Strings that look like words and are code. */
const CODE = /^[#.[(<]|[{}<>=;]|^[a-z-]+\(|\bvar\(|^[a-z]+\/[a-z]|^\s*[-\d.]+(px|ms|%)/;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** Every text of a file, in its order; one that stands in the hole of another comes after it. */
export function textsOf(file: string, source: string): Message[] {
  const before = file.endsWith('.svelte') ? '' : '<script lang="ts">';
  const after = file.endsWith('.svelte') ? '' : '</script>';
  const tree = parse(before + source + after, { modern: true, filename: file }) as unknown as Record<string, unknown>;
  const found: Message[] = [];

  /** Texts and what is computed between them, as one message. */
  function run(nodes: Node[], as: 'markup' | 'attribute'): void {
    const holes: Span[] = [];
    const words = nodes.map((node) => (node.type === 'Text' ? String(node['data']) : `{${holes.push({ start: node.start, end: node.end }) - 1}}`)).join('');
    const text = words.replace(/\s+/g, ' ').trim();
    const said = text.replace(/\{\d+\}/g, '');
    const spoken = as === 'markup' ? /[A-Za-z]{2}/.test(said) : isLabel(said.trim()) && !CODE.test(said);
    const [first, last] = [nodes[0], nodes.at(-1)];
    if (!spoken || first === undefined || last === undefined) return;
    const lead = first.type === 'Text' ? /^\s*/.exec(String(first['raw']))?.[0].length ?? 0 : 0;
    const trail = last.type === 'Text' ? /\s*$/.exec(String(last['raw']))?.[0].length ?? 0 : 0;
    found.push({ text, holes, as, start: first.start + lead, end: last.end - trail });
  }
  function runs(nodes: unknown[], as: 'markup' | 'attribute'): void {
    let open: Node[] = [];
    for (const node of [...nodes, { type: 'end', start: 0, end: 0 }]) {
      if (isNode(node) && (node.type === 'Text' || node.type === 'ExpressionTag')) open.push(node);
      else {
        if (open.length > 0) run(open, as);
        open = [];
      }
    }
  }
  function string(node: Node, spoken: boolean): void {
    if (node.type === 'TemplateLiteral') {
      const quasis = node['quasis'] as (Node & { value: { cooked: string } })[];
      const holes = (node['expressions'] as Node[]).map(({ start, end }) => ({ start, end }));
      const text = quasis.map((each, index) => each.value.cooked + (index < holes.length ? `{${index}}` : '')).join('');
      if (isSentence(text.replace(/\{\d+\}/g, '')) && !CODE.test(text.replace(/\{\d+\}/g, ''))) found.push({ text, holes, as: 'string', start: node.start, end: node.end });
    } else if (typeof node['value'] === 'string') {
      const text = node['value'];
      if ((isSentence(text) || (spoken && /[A-Za-z]{2}/.test(text))) && !CODE.test(text)) found.push({ text, holes: [], as: 'string', start: node.start, end: node.end });
    }
  }
  /** `spoken`: one word is read, too, because of the property or the table that it stands in. */
  function visit(value: unknown, spoken: boolean): void {
    if (Array.isArray(value)) return value.forEach((each) => visit(each, spoken));
    if (!isNode(value)) return;
    const node = value;
    if (node.type === 'Comment' || node.type === 'ImportDeclaration' || node.type === 'StyleSheet') return;
    // Types are no texts; what they are said of is.
    if (node.type.startsWith('TS')) return visit(node['expression'], spoken);
    if (node.type === 'Attribute') {
      if (MUTE.test(String(node['name']))) return;
      if (Array.isArray(node['value'])) runs(node['value'], 'attribute');
      return visit(node['value'], false);
    }
    if (node.type === 'Text') return;
    if (node.type === 'Fragment') runs(node['nodes'] as unknown[], 'markup');
    if (node.type === 'Literal' || node.type === 'TemplateLiteral') string(node, spoken);
    if (node.type === 'Property') {
      const key = node['key'] as Node & { name?: string };
      return visit(node['value'], SPOKEN.test(key.name ?? '') || (spoken && isNode(node['value']) && /^[a-z]+$/.test(String(node['value']['value']))));
    }
    if (node.type === 'CallExpression' && (node['callee'] as { name?: string }).name === 'plural') return visit(node['arguments'], true);
    if (node.type === 'VariableDeclarator') {
      const { name } = node['id'] as { name?: string };
      return visit(node['init'], file.endsWith('.svelte') && /^[A-Z]+$/.test(name ?? '') && isTable(node['init']));
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'leadingComments' && key !== 'trailingComments') visit(child, spoken && node.type === 'ObjectExpression');
  }
  for (const part of ['module', 'instance', 'fragment']) visit(part === 'fragment' ? tree[part] : (tree[part] as { content?: unknown } | null)?.content, false);
  const shift = ({ start, end }: Span): Span => ({ start: start - before.length, end: end - before.length });
  return found.map((message) => ({ ...message, ...shift(message), holes: message.holes.map(shift) })).sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Several words, or one that begins as a sentence does. */
function isSentence(text: string): boolean {
  return /[A-Za-z]{2}/.test(text) && /\S\s+\S/.test(text.trim());
}
function isLabel(text: string): boolean {
  return isSentence(text) || /^[A-Z][a-z]+$/.test(text);
}
function isTable(value: unknown): boolean {
  return isNode(value) && (value.type === 'ObjectExpression' || (value.type === 'TSAsExpression' && isTable(value['expression'])));
}

/** The file with its texts in another language; one without a translation stays as it is. */
export function inOther(source: string, messages: Message[], translation: (text: string) => string | undefined): string {
  function render(from: number, to: number, inside: Message[]): string {
    let [out, at] = ['', from];
    for (const message of inside) {
      // One in the hole of another was written with it.
      if (message.start < at || message.end > to) continue;
      const other = translation(message.text);
      const nested = inside.filter((each) => each !== message && each.start >= message.start && each.end <= message.end);
      out += source.slice(at, message.start);
      out += other === undefined ? render(message.start, message.end, nested) : write(message, other, (hole) => render(hole.start, hole.end, nested));
      at = message.end;
    }
    return out + source.slice(at, to);
  }
  return render(0, source.length, messages);
}

function write({ as, holes }: Message, text: string, hole: (span: Span) => string): string {
  const parts = text.split(/\{(\d+)\}/);
  const words = (part: string): string =>
    as === 'string' ? part.replace(/[`\\]|\$\{/g, '\\$&') : part.replace(/[&<>{}"]/g, (each) => `&#${each.charCodeAt(0)};`);
  const said = parts.map((part, index) => {
    const span = index % 2 === 1 ? holes[Number(part)] : undefined;
    if (index % 2 === 0 || span === undefined) return words(index % 2 === 0 ? part : `{${part}}`);
    // In markup a hole is written with its braces.
    return as === 'string' ? `\${${hole(span)}}` : hole(span);
  });
  return as === 'string' ? `\`${said.join('')}\`` : said.join('');
}
