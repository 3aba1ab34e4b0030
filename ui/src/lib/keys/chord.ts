/** Turns a key event into the spelling that the table of commands uses. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export function chordOf(press: KeyPress): string {
  const printable = press.key.length === 1;
  const letter = printable && /\p{L}/u.test(press.key);
  const held: string[] = [];
  // On macOS the command key is what Ctrl is elsewhere.
  if (press.ctrlKey || press.metaKey) held.push('Ctrl');
  if (press.altKey) held.push('Alt');
  // For `?` and the like, Shift is already in the character.
  if (press.shiftKey && (!printable || letter)) held.push('Shift');
  const key = letter && !press.shiftKey ? press.key.toLowerCase() : letter ? press.key.toUpperCase() : press.key;
  return [...held, key].join('+');
}

/** How a chord is printed: one cap per key. */
export function caps(chord: string): string[] {
  const names: Record<string, string> = {
    ArrowDown: '↓',
    ArrowUp: '↑',
    ArrowLeft: '←',
    ArrowRight: '→',
    Escape: 'Esc',
  };
  return chord.split(/(?<=[^+])\+/).map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

/** Is the person writing? Then letters belong to the text. */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLInputElement) return !['radio', 'checkbox', 'button'].includes(target.type);
  return target instanceof HTMLSelectElement;
}
