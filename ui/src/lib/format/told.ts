/** A sentence of the engine in its parts: words, names in backticks, and instants, which the window writes its own way. */

type Part = { is: 'words' | 'name'; text: string } | { is: 'time'; at: number; text: string };

/** `2026-03-02 09:00:00Z`, as the engine writes an instant into a sentence. */
const INSTANT = /\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z/g;

/** The sentence in order; its texts together are the sentence without its backticks. */
export function partsOf(sentence: string): Part[] {
  const between = sentence.split('`');
  // Every second part stood in backticks; one without its partner is a character like others.
  const named = between.length % 2 === 1 ? between : [sentence];
  return named.flatMap((text, index): Part[] => (index % 2 === 1 ? [{ is: 'name', text }] : instantsIn(text)));
}

function instantsIn(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const found of text.matchAll(INSTANT)) {
    const at = Date.parse(found[0].replace(' ', 'T'));
    // `2026-02-31` is written like one and is none; it stays as it was written.
    if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(found[0].slice(0, 10))) continue;
    if (found.index > from) parts.push({ is: 'words', text: text.slice(from, found.index) });
    parts.push({ is: 'time', at, text: found[0] });
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push({ is: 'words', text: text.slice(from) });
  return parts;
}
