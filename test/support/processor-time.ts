// Processor time of this process: what a busy machine does not lengthen.

/** Milliseconds of processor time that `run` took. */
export function processorMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
