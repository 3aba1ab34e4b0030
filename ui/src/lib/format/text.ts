/** `sha256:9f2c…` shortened for a row; the whole value stays in the tooltip and the sheet. */
export function shortDigest(digest: string): string {
  const [algorithm, value] = digest.split(':');
  return value === undefined ? digest.slice(0, 12) : `${algorithm}:${value.slice(0, 8)}`;
}

export function shortCommit(commit: string): string {
  return /^[0-9a-f]{12,}$/i.test(commit) ? commit.slice(0, 9) : commit;
}

/** Only links that cannot run anything may be followed. */
export function safeLink(url: string | null): string | undefined {
  return url !== null && /^https?:\/\//i.test(url) ? url : undefined;
}

/** Several lines as one, told apart: `Fix the mail; Log the sender`. */
export function oneLine(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  return lines.reduce((all, line) => (all === '' ? line : `${all}${/[.;:!?]$/.test(all) ? ' ' : '; '}${line}`), '');
}

/** `1 step`, `4 steps`. Another language gives both forms in one text: `Schritt|Schritte`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  const [single, several = many] = one.split('|');
  return `${count} ${count === 1 ? single : several}`;
}

/** A share of requests as a person reads it: `0.31%`, `4.8%`, `12%`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))}%`;
}

const WHOLE = new Intl.NumberFormat('en-GB');

/** `12,480`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A text in the parts between which a long address or image may break: after `/`, `:` and `@`. */
export function breakable(text: string): string[] {
  return text.split(/(?<=[/:@])(?=\S)/);
}
