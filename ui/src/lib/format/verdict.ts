/** The numbers behind a verdict, as rows of a table and as one sentence that says the same. */
import type { Crossings, Evidence, Judgement, Spread, Statistics } from '$lib/api/bindings';
import { count, percent } from './text';

export interface NumberRow {
  name: string;
  value: string;
  /** What it is held against, in words with its number. */
  against: string;
  /** Has the threshold been reached? `null` where nothing is decided by it. */
  reached: boolean | null;
}

/** Three digits that mean something. What is beyond every count arrives as `null`. */
export function number(value: number | null): string {
  if (value === null) return 'beyond counting';
  if (value === 0) return '0';
  if (value >= 1e6 || Math.abs(value) < 0.01) return value.toExponential(1).replace('e+', 'e');
  if (value >= 100) return count(Math.round(value));
  return String(Number(value.toFixed(2)));
}

/** `599 of 12,480 (4.8%)`; no requests are no rate. */
export function share(counts: { total: number; bad: number } | null): string {
  if (counts === null) return 'none beside it';
  return counts.total === 0 ? 'no requests' : `${count(counts.bad)} of ${count(counts.total)} (${percent(counts.bad / counts.total)})`;
}

/** A number over a threshold; what is beyond counting is over each. */
function over(value: number | null, threshold: number): boolean {
  return value === null || value >= threshold;
}

/** From which evidence on what happens; records of old say no more than the first two. */
interface Thresholds {
  pause: number;
  rollback: number;
  support?: number;
}

/** What the size of clumps rests on. */
function clumps(spread: Spread | undefined): string {
  if (spread === undefined) return '1 is none';
  return spread.learned ? `1 is none; learned from ${count(spread.pairs)} pairs` : 'assumed: too few errors before the rollout to tell';
}

/** The tests of a release, as the policy decides. */
export function releaseRows(seen: Statistics, at: Thresholds, crossed?: Crossings, spread?: Spread): NumberRow[] {
  const first = (tick: number | null | undefined): string => (tick === null || tick === undefined ? '' : `, first in interval ${tick}`);
  return [
    {
      name: `more than ${number(seen.r0)} times worse than the old release`,
      value: number(seen.e_ratio),
      against: `rolls back at ${at.rollback}${first(crossed?.rollback_by_ratio)}`,
      reached: over(seen.e_ratio, at.rollback),
    },
    {
      name: 'the new release breaks the objective',
      value: number(seen.e_abs_canary),
      against: `pauses at ${at.pause}, rolls back at ${at.rollback}${first(crossed?.pause)}`,
      reached: over(seen.e_abs_canary, at.pause),
    },
    {
      name: 'the old release breaks the objective',
      value: number(seen.e_abs_baseline),
      against: `shared at ${at.pause}${first(crossed?.shared)}`,
      reached: over(seen.e_abs_baseline, at.pause),
    },
    { name: 'the same, the most that ever was', value: number(seen.max_e_abs_baseline), against: 'quiet below 3', reached: null },
    {
      name: 'worse than the old release at all',
      value: number(seen.e_worse),
      against: at.support === undefined ? 'supports a rollback' : `supports a rollback at ${number(at.support)}`,
      reached: at.support === undefined ? null : over(seen.e_worse, at.support),
    },
    { name: 'always-valid p-value of the first row', value: number(seen.p_value), against: 'valid at every look', reached: null },
    { name: 'clumping of errors (phi)', value: number(seen.phi), against: clumps(spread), reached: null },
    {
      name: 'intervals counted',
      value: count(seen.ticks),
      against: `${count(seen.ticks_without_canary)} without the new release`,
      reached: null,
    },
  ];
}

function recoveryRows(recovery: NonNullable<Evidence['recovery']>): NumberRow[] {
  return [
    {
      name: `bad rate is below ${percent(recovery.tolerated)}`,
      value: number(recovery.e_recovered),
      against: `recovered at ${recovery.pass_at}`,
      reached: over(recovery.e_recovered, recovery.pass_at),
    },
    {
      name: 'the objective is still broken',
      value: number(recovery.e_breach),
      against: `not recovered at ${recovery.fail_at}`,
      reached: over(recovery.e_breach, recovery.fail_at),
    },
    {
      name: 'bad rate in the incident',
      value: recovery.incident === null ? 'not measured' : percent(recovery.incident),
      against: 'what a recovery is held against',
      reached: null,
    },
    {
      name: 'good requests still needed',
      value: recovery.still_needed === null ? 'none would do' : count(recovery.still_needed),
      against: 'if all of them are good',
      reached: null,
    },
  ];
}

/** Every number of one objective, the counts first. */
export function verdictRows(judgement: Judgement): NumberRow[] {
  const { evidence } = judgement;
  const rollout = evidence?.rollout ?? null;
  const rows: NumberRow[] = [
    {
      name: judgement.arm === null ? 'bad requests, all releases' : `bad requests of ${judgement.arm}`,
      value: share(judgement.counts),
      against: `${percent(judgement.budget)} allowed`,
      reached: judgement.counts.total === 0 ? null : judgement.counts.bad / judgement.counts.total > judgement.budget,
    },
  ];
  if (rollout !== null && rollout.baseline.length > 0)
    rows.push({
      name: `bad requests of ${rollout.baseline.join(', ')} beside it`,
      value: share(rollout.statistics.baseline),
      against: 'in the same intervals',
      reached: null,
    });
  if (evidence) {
    rows.push(
      { name: 'bad rate is at most', value: percent(evidence.upper_bound), against: '95% confidence at one look', reached: null },
      {
        name: 'budget spent, last 5 min',
        value: evidence.burn === null ? 'no traffic' : `${number(evidence.burn)} times`,
        against: '1 is as fast as allowed',
        reached: evidence.burn === null ? null : evidence.burn > 1,
      },
      {
        name: 'requests needed for a verdict',
        value: count(evidence.min_samples),
        against: `${count(judgement.counts.total)} seen`,
        reached: null,
      },
    );
    if (rollout !== null) {
      const at: Thresholds = { pause: rollout.pause_at, rollback: rollout.rollback_at };
      if (rollout.support_at !== undefined) at.support = rollout.support_at;
      rows.push(...releaseRows(rollout.statistics, at, rollout.crossings, rollout.spread));
    }
    if (evidence.recovery !== null) rows.push(...recoveryRows(evidence.recovery));
  }
  return rows;
}

/** The table in one sentence, for whoever hears it instead. */
export function twin(rows: NumberRow[]): string {
  return `${rows.map((row) => `${row.name}: ${row.value}; ${row.against}${row.reached === true ? ', reached' : ''}`).join('. ')}.`;
}
