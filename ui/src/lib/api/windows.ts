/** From the full window to the small one of a run, and back. */
import { writeCompact, writeRoute } from '$lib/format/route';

/** What a person who closes the window should know first; the host says it in words. */
export interface Leaving {
  title: string;
  /** The runs that would be interrupted. */
  runs: string[];
  consequence: string;
  resume: string;
  act: string;
}

/** How the window is left while runs are driven in it. */
export interface Exit {
  /** Has the question handed over when somebody closes the window. */
  listen(ask: (leaving: Leaving) => void): void;
  /** Closes the window, or says that it stays. */
  answer(sure: boolean): void;
}

/** How often a question calls: again for as long as nobody answers, when it opens, or not at all. */
export const OFTEN = ['again', 'once', 'never'] as const;
export type Often = (typeof OFTEN)[number];

/** Which moments call a person who does not look at the window. */
export interface Calls {
  /** Something real waits. */
  real: Often;
  /** A drill in the practice world waits. */
  practice: Often;
  /** The end of a run is told, without a sound. */
  ended: boolean;
  sound: boolean;
}

/** What calls a person at this desktop. The host does it; the page keeps what is wanted. */
export interface Caller {
  set(calls: Calls): void;
  /** Shows one now; throws where this desktop shows none. */
  show(): Promise<void>;
}

export interface Windows {
  /** Opens a run in a small window. */
  compact(run: string): void;
  /** Shows a run in the full window, and closes the small one. */
  full(run: string): void;
}

/** In a browser they are tabs of one origin; the token comes along with the tab that opened the other. */
export const browserWindows: Windows = {
  compact(run) {
    window.open(`${location.pathname}${writeCompact(run)}`, 'lastgood-compact', 'popup,width=380,height=220');
  },
  full(run) {
    const address = writeRoute({ view: 'run', run, step: null });
    const opener = window.opener as Window | null;
    if (opener !== null && !opener.closed) {
      opener.location.hash = address;
      opener.focus();
      window.close();
      return;
    }
    // Opened by its address: this becomes the full window.
    location.hash = address;
    location.reload();
  },
};
