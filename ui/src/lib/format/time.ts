/** How instants and durations read. Components use `<Time>` and `<Duration>`, which use this. */

const pad = (value: number): string => String(value).padStart(2, '0');

/** `18:42:07` in UTC. */
export function utcClock(at: Date): string {
  return `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
}

/** `2026-11-22` in UTC. */
export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

interface LocalParts {
  day: string;
  clock: string;
  zone: string;
}

/** Making one takes longer than using it a hundred times, and every row of a list prints a time. */
const formats = new Map<string | undefined, Intl.DateTimeFormat>();

function formatOf(zone: string | undefined): Intl.DateTimeFormat {
  const made = formats.get(zone);
  if (made !== undefined) return made;
  const format = new Intl.DateTimeFormat('en-GB', {
    ...(zone === undefined ? {} : { timeZone: zone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  formats.set(zone, format);
  return format;
}

/** Day, wall clock and zone name in `zone` (IANA); the machine's own zone when `undefined`. */
export function localParts(at: Date, zone?: string): LocalParts {
  const parts = formatOf(zone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((each) => each.type === type)?.value ?? '';
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    clock: `${part('hour')}:${part('minute')}:${part('second')}`,
    zone: part('timeZoneName'),
  };
}

/** `19:42:07` as it is, or as `7:42:07 pm`. */
export function inHours(clock: string, hours: '24' | '12' | undefined): string {
  if (hours !== '12') return clock;
  const hour = Number(clock.slice(0, 2));
  return `${hour % 12 === 0 ? 12 : hour % 12}${clock.slice(2)} ${hour < 12 ? 'am' : 'pm'}`;
}

/** Reads an instant; `undefined` when it is not one, so that nobody prints `Invalid Date`. */
export function parseInstant(epochMs: number): Date | undefined {
  const at = new Date(epochMs);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** `0:04`, `12:31`, `1:09:58`, `3 d 4:05:00`. Never negative: a clock that ran back reads `0:00`. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  if (days > 0) return `${days} d ${hours}:${pad(minutes)}:${pad(seconds)}`;
  if (hours > 0) return `${hours}:${pad(minutes)}:${pad(seconds)}`;
  return `${minutes}:${pad(seconds)}`;
}

/** `8 s ago`, `12 min ago`, `3 h ago`, `4 d ago`; `in the future` when clocks disagree by more than 2 s. */
export function ago(ms: number): string {
  if (ms < -2000) return 'in the future';
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** The clock of the day of this machine, for how long somebody was away; what happened when is the engine's to say. */
export function wallClock(): number {
  return Date.now();
}

/** The machine's own zone, as IANA names it. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
