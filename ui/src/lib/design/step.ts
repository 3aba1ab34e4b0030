/** The look of one step: its shape says who acts, its fill says when. */
import type { StepStatus } from '$lib/api/bindings';
import { STEP_KIND, STEP_STATUS, type Look, type StepKind } from './status';

/** The kind as the table knows it; a kind from a newer engine is drawn as machine work. */
export function stepKind(kind: string): StepKind {
  return Object.hasOwn(STEP_KIND, kind) ? (kind as StepKind) : 'act';
}

/** `holder` is who else drives the run: what it asks is asked of them. */
export function stepLook(kind: string, status: StepStatus, confirm: boolean, holder?: string): Look {
  const own = STEP_STATUS[status];
  const { fill, tone, label }: Omit<Look, 'shape'> =
    status === 'needs-you' && holder !== undefined ? { ...own, tone: 'plain', label: `Waiting for ${holder}` } : own;
  const { shape } = STEP_KIND[stepKind(kind)];
  // An act that asks first is a diamond: it is a person's move.
  return { shape: confirm && shape === 'circle' ? 'diamond' : shape, fill, tone, label };
}
