// Translate room: durations as Linkerd 2 reads them, in annotations (Gateway API's GEP-2257) and in ServiceProfiles (Go).

/** Milliseconds as `250ms`, `5s`, `120s500ms`: valid in both; each number has at most five digits. */
export function showDuration(milliseconds: number): string {
  const whole = Math.max(0, Math.round(milliseconds));
  const [hours, seconds, rest] = [Math.floor(whole / 3_600_000), Math.floor((whole % 3_600_000) / 1000), whole % 1000];
  const text = [hours > 0 ? `${hours}h` : '', seconds > 0 ? `${seconds}s` : '', rest > 0 ? `${rest}ms` : ''].join('');
  return text === '' ? '0s' : text;
}
