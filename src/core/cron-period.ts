// How long a CronJob may wait from one run to the next, at most, by its schedule. A generous estimate: a shorter one would call a
// source quiet that a job still uses. Pure. Format: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const macros: Readonly<Record<string, number>> = {
  '@yearly': 366 * day,
  '@annually': 366 * day,
  '@monthly': 31 * day,
  '@weekly': 7 * day,
  '@daily': day,
  '@midnight': day,
  '@hourly': hour,
};

/** Seconds. A schedule that is not understood counts as yearly. */
export function longestPause(schedule: string): number {
  const text = schedule.replace(/^(?:CRON_)?TZ=\S+\s+/, '').trim();
  const [minutes, hours, days, months, weekdays] = text.split(/\s+/);
  if (weekdays === undefined) return (Object.hasOwn(macros, text) ? macros[text] : undefined) ?? 366 * day;
  if (!isAny(months)) return 366 * day;
  if (!isAny(days)) return 31 * day;
  if (!isAny(weekdays)) return 7 * day;
  if (!isAny(hours)) return day;
  return isAny(minutes) ? minute : hour;
}

function isAny(field: string | undefined): boolean {
  return field === '*' || field === '?' || field === '*/1';
}
