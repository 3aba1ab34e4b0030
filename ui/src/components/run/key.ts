/** A step and its compensation share an id; the role tells them apart. */
export function stepKey(step: { id: string; role: 'forward' | 'undo' }): string {
  return step.role === 'undo' ? `${step.id}!undo` : step.id;
}
