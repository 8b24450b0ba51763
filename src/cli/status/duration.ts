// Times between two moments, for people. Pure.

/** For example `43 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`; empty when a moment can't be read. Both are RFC 3339. */
export function duration(from: string, to: string): string {
  return spell((Date.parse(to) - Date.parse(from)) / 1000);
}

/** The same for a number of seconds. */
export function spell(given: number): string {
  if (!Number.isFinite(given)) return '';
  const seconds = Math.max(0, Math.round(given));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return two(seconds, 60, ['min', 's']);
  if (seconds < 86_400) return two(Math.round(seconds / 60), 60, ['h', 'min']);
  return two(Math.round(seconds / 3600), 24, ['d', 'h']);
}

function two(count: number, per: number, [large, small]: readonly [string, string]): string {
  const rest = count % per;
  return `${Math.floor(count / per)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
