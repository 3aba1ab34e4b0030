/** What a plan says of whoever may undo it, of how far it can be taken back, and of how long it may take at the most. */
import type { Grade, PlanStepView, PlanView, Topic } from '$lib/api/bindings';

/** What works against a rollback by itself: it puts things back, moves meanwhile, or keeps everybody out. */
const AGAINST: readonly Topic[] = ['governor', 'flight', 'freeze'];

export interface Opponent {
  who: string;
  what: string;
  grade: Grade;
}

/** Whoever fights it, as the checks found; what is not known stands here, too, for it may. */
export function opponents(plan: Pick<PlanView, 'findings'>): Opponent[] {
  return plan.findings
    .filter((finding) => finding.grade !== 'pass' && AGAINST.includes(finding.topic ?? 'other'))
    .map((finding) => ({ who: finding.subject, what: finding.sentence, grade: finding.grade }));
}

/** Was it looked at all whether somebody fights it? Without a check nobody knows. */
export function lookedFor(plan: Pick<PlanView, 'findings'>): boolean {
  return plan.findings.some((finding) => AGAINST.includes(finding.topic ?? 'other'));
}

/** The first step, counted from 1, whose change nothing takes back; `undefined` where everything can be taken back. */
export function noWayBackFrom(steps: readonly Pick<PlanStepView, 'effect' | 'undo'>[]): number | undefined {
  const at = steps.findIndex((step) => step.effect !== null && step.undo === null);
  return at === -1 ? undefined : at + 1;
}

/**
 * The sum of the limits of the steps, in milliseconds: the runbook's words, no guess of how long it
 * will take. A person’s answer has no limit.
 */
export function limitOf(steps: readonly Pick<PlanStepView, 'timeout'>[]): number {
  return steps.reduce((sum, step) => sum + (step.timeout ?? 0), 0);
}
