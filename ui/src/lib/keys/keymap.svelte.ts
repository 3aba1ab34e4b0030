/**
 * The keys that one person gave other places, or turned off. Only keys of one character are theirs to
 * move: what has Ctrl, an arrow or a name of its own is the same for everybody, and the way out.
 */
import { COMMAND_IDS, isSingleCharacter, meets, shippedCommand, type CommandId, type KeyCommand } from './commands';

/** The character that does it instead; `''` turns it off. */
export type Moved = Partial<Record<CommandId, string>>;

const moved = $state<{ keys: Moved }>({ keys: {} });

/** A command with the keys that this person has. */
export function commandOf(id: CommandId): KeyCommand {
  return withKeys(id, moved.keys);
}

function withKeys(id: CommandId, keys: Moved): KeyCommand {
  const shipped = shippedCommand(id);
  const own = keys[id];
  if (own === undefined) return shipped;
  const others = shipped.keys.filter((chord) => !isSingleCharacter(chord));
  return { ...shipped, keys: own === '' ? others : [own, ...others] };
}

/** Can its key be moved at all? */
export function isMovable(id: CommandId): boolean {
  return shippedCommand(id).keys.some(isSingleCharacter);
}

/** Its key of one character, as this person has it; `''` when it has none. */
export function letterOf(id: CommandId, keys: Moved = moved.keys): string {
  return withKeys(id, keys).keys.find(isSingleCharacter) ?? '';
}

/** A character as the table spells it: `X` is typed with Shift. */
export function spelled(typed: string): string {
  return /^\p{Lu}$/u.test(typed) ? `Shift+${typed}` : typed;
}

/** Why `chord` cannot do `id`, as a sentence; `undefined` when it can. */
export function conflict(id: CommandId, chord: string, keys: Moved = moved.keys): string | undefined {
  if (chord === '') {
    return id === 'hold' ? 'To hold the run keeps a key: stopping is always one key away. It can have another one.' : undefined;
  }
  if (!isSingleCharacter(chord) || /\s/.test(chord)) return 'A key here is one character: a letter, a digit or a sign.';
  const { place, consequence } = shippedCommand(id);
  if (consequence === 'changes') return 'What changes the outside world is on no single key.';
  const other = COMMAND_IDS.find((each) => {
    const command = withKeys(each, keys);
    return each !== id && command.keys.includes(chord) && meets(place, command.place);
  });
  return other === undefined ? undefined : `It does something else on the same screen: “${shippedCommand(other).label}”. Give that another key first, or turn it off.`;
}

/** What is left of what was kept: a key that is none, or that two commands would have, is the shipped one again. */
export function sound(kept: unknown): Moved {
  if (typeof kept !== 'object' || kept === null) return {};
  let keys: Moved = {};
  for (const id of COMMAND_IDS) {
    const chord = (kept as Record<string, unknown>)[id];
    if (typeof chord !== 'string' || !isMovable(id)) continue;
    keys = { ...keys, [id]: chord };
  }
  // Together first: two commands may have changed places.
  for (let dropped = true; dropped; ) {
    const bad = (Object.keys(keys) as CommandId[]).find((id) => conflict(id, keys[id] ?? '', keys) !== undefined);
    dropped = bad !== undefined;
    if (bad !== undefined) keys = without(keys, bad);
  }
  return keys;
}

export function without(keys: Moved, id: CommandId): Moved {
  return Object.fromEntries(Object.entries(keys).filter(([each]) => each !== id));
}

/** Takes effect at once, in everything that names a key. */
export function useKeys(keys: Moved): void {
  moved.keys = keys;
}
