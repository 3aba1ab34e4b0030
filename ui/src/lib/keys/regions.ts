/** The parts of the window that F6 walks through: strip, tabs, the parts of the view, and the bar. */
const REGIONS = 'header.strip, nav.tabs, main [role="region"], main nav[aria-label], main section[aria-label], main aside, footer';
const STOPS = 'a[href], button, input:not([type="hidden"]), select, textarea, [tabindex="0"]';

/** The first stop of a region, or the region itself where it can have the focus. */
function entrance(region: Element): HTMLElement | undefined {
  const stop = region.matches('[tabindex="0"]') ? region : region.querySelector(STOPS);
  return stop instanceof HTMLElement ? stop : undefined;
}

/** Where the next (`1`) or previous (`-1`) region begins, seen from what has the focus; round at either end. */
export function nextRegion(root: ParentNode, focused: Element | null, by: 1 | -1): HTMLElement | undefined {
  const entrances: { region: Element; stop: HTMLElement }[] = [];
  for (const region of root.querySelectorAll(REGIONS)) {
    const stop = entrance(region);
    // A region that only wraps another begins where that one begins.
    if (stop !== undefined && entrances.at(-1)?.stop !== stop) entrances.push({ region, stop });
  }
  const inside = entrances.findLastIndex(({ region }) => focused !== null && region.contains(focused));
  const at = inside === -1 ? (by === 1 ? 0 : entrances.length - 1) : (inside + by + entrances.length) % entrances.length;
  return entrances[at]?.stop;
}
