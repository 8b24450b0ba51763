// Webhook room: the serving certificate, read from files and read again when they change, so that a renewed one is
// served without a restart. A bad pair never replaces a good one.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import { sleep } from '../../runtime/clock.ts';
import type { Component } from '../../runtime/lifecycle.ts';
import type { Log } from '../../runtime/log.ts';

/** A certificate with its key, both PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

/** Where the files are and who wants to know. */
export interface CertificateOptions {
  /** Folder with tls.crt and tls.key, as a Secret of type kubernetes.io/tls is mounted. */
  directory: string;
  clock: Clock;
  log: Log;
  onPair: (pair: KeyPair) => void;
  /** Milliseconds between two looks; the kubelet itself takes about a minute to bring a renewed Secret. */
  everyMs?: number;
}

/** Reads the pair before `start` resolves, throws when it is bad, and then looks for another. */
export function createCertificateWatch(options: CertificateOptions): Component {
  const { directory, clock, log, onPair, everyMs = 10_000 } = options;
  const stopped = new AbortController();
  let served: KeyPair | undefined;
  const look = async (): Promise<void> => {
    const pair = await readPair(directory);
    if (pair.cert === served?.cert && pair.key === served.key) return;
    onPair(pair);
    log.info('serving a certificate', { directory, again: served !== undefined });
    served = pair;
  };
  const { signal } = stopped;
  const watch = async (): Promise<void> => {
    for (;;) {
      await sleep(clock, everyMs, signal);
      if (signal.aborted) return;
      await look().catch((error: unknown) => log.error('the new certificate is not usable, the old one stays', { err: error }));
    }
  };
  return {
    name: 'certificate',
    async start() {
      await look();
      void watch();
    },
    stop: () => stopped.abort(),
  };
}

async function readPair(directory: string): Promise<KeyPair> {
  const [cert, key] = await Promise.all(['tls.crt', 'tls.key'].map((file) => readFile(join(directory, file), 'utf8')));
  const pair = { cert: cert ?? '', key: key ?? '' };
  // A file that is just being written is empty or cut; TLS itself would take an empty certificate.
  if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key)))
    throw new Error(`tls.crt and tls.key in ${directory} do not belong together`);
  return pair;
}
