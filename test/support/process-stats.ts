// Memory and CPU of one process, as the kernel counts them (Linux, proc(5)). It starts and stops nothing but its own timer.
import { readFileSync } from 'node:fs';

/** What a process has used. */
export interface Usage {
  /** Resident memory in MiB. */
  readonly residentMiB: number;
  /** CPU seconds since its start, user and system. */
  readonly cpuSeconds: number;
}

// USER_HZ is 100 on every Linux that Node runs on.
const ticksPerSecond = 100;

/** What the process uses now. Throws when it is gone. */
export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const residentKiB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  // The name in parentheses may hold spaces; what follows it does not.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return { residentMiB: residentKiB / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond };
}

/** Watches a process's memory from now on. */
export function watchMemory(pid: number): { /** Ends the watch; answers the highest value in MiB. */ stop: () => number } {
  let peak = usageOf(pid).residentMiB;
  const timer = setInterval(() => (peak = Math.max(peak, usageOf(pid).residentMiB)), 200);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
