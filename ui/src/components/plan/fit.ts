/** What is known of whether a plan still fits, as the window says it. The engine decides. */
import type { FitView, FrontView } from '$lib/api/bindings';
import type { Loaded } from '$lib/state/loader.svelte';

export type Standing =
  | { is: 'asking' }
  | { is: 'fits' }
  | { is: 'outdated'; why: string; front: FrontView | null }
  | { is: 'unknown'; why: string };

export function standing(known: Loaded<FitView>): Standing {
  switch (known.state) {
    case 'loading':
      return { is: 'asking' };
    case 'ready':
      return said(known.value);
    case 'stale':
      // What was outdated stays so: no silence makes a plan fit again.
      return known.value.fit.is === 'outdated' ? said(known.value) : failed(known.problem);
    case 'failed':
      return failed(known.problem);
  }
}

function said({ fit }: FitView): Standing {
  switch (fit.is) {
    case 'fits':
      return { is: 'fits' };
    case 'outdated':
      return { is: 'outdated', why: capital(fit.why), front: fit.front };
    case 'unknown':
      return { is: 'unknown', why: capital(fit.why) };
  }
}

function failed(problem: { code: string; chain: string[] }): Standing {
  const why = capital(problem.chain.join(': '));
  // An engine that was begun anew does not have the plan, and would refuse to start it.
  return problem.code === 'not-found' ? { is: 'outdated', why, front: null } : { is: 'unknown', why };
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
