// What must be undone however this process ends, short of SIGKILL. It knows nothing of clusters.

const undone = new Set<() => void>();
let listening = false;

/** Runs a synchronous clean-up when the process exits or is asked to end; returns the way to call it off. */
export function atEnd(cleanUp: () => void): () => void {
  listen();
  undone.add(cleanUp);
  return () => undone.delete(cleanUp);
}

/** Keeps this process going until a signal ends it. */
export function stayUntilSignal(): void {
  listen();
  setInterval(() => undefined, 2 ** 30);
}

function listen(): void {
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    for (const cleanUp of undone) cleanUp();
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    // Where the program has a listener of its own, it decides when to exit.
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
  }
}
