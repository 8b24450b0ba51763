// Runtime room: tells people what happened, as events.k8s.io/v1 Events. Best effort: it never blocks, never fails its caller,
// and drops what it can't send. Nothing may depend on an Event being there.
import type { KubeWriter } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import type { Manifest } from '../kube/object.ts';
import { EVENT } from '../kube/resource-kind.ts';
import { pauseMs } from './backoff.ts';
import { microTime, sleep } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** An object an Event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for cluster-scoped objects: their Events live in 'default'. */
  readonly namespace?: string | undefined;
  readonly uid: string;
}

/** One thing that happened. */
export interface EventNote {
  readonly regarding: EventSubject;
  readonly related?: EventSubject | undefined;
  readonly type: 'Normal' | 'Warning';
  /** PascalCase, part of the product's interface. */
  readonly reason: string;
  /** What was being done, PascalCase. */
  readonly action: string;
  /** A sentence; cut to 1,024 characters. */
  readonly note: string;
}

/** Takes notes; sends them in the background. */
export interface EventRecorder {
  /** Returns at once. The same note within six minutes becomes a series of one Event. */
  record(note: EventNote): void;
  /** Resolves when everything queued is sent or dropped. */
  flush(): Promise<void>;
  /** Drops what comes later, cuts waits short, sends what is queued once more. */
  stop(): Promise<void>;
}

/** What happens to notes, for metrics. */
export type EventOutcome = 'sent' | 'dropped';

/** A recorder's parts. */
export interface EventRecorderOptions {
  readonly writer: Pick<KubeWriter, 'create' | 'mergePatch'>;
  /** e.g. 'meshmigration.io/operator'. */
  readonly reportingController: string;
  /** This process, e.g. its pod's name. */
  readonly reportingInstance: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** A short fresh id of lower-case letters and digits. */
  readonly newId: () => string;
  readonly log: Log;
  readonly onOutcome?: (outcome: EventOutcome) => void;
  /** Notes waiting at most; default 500. Beyond it new ones are dropped. */
  readonly capacity?: number;
}

const SERIES_MS = 6 * 60_000;
const SERIES_KEPT = 1_000;
const NOTE_LIMIT = 1_024;
const TRIES = 3;
const BACKOFF = { firstMs: 1_000, longestMs: 30_000 };

interface Sent {
  readonly name: string;
  readonly namespace: string;
  count: number;
  lastAt: number;
}

/** A recorder that sends one Event at a time. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const sender = new Sender(options);
  return {
    record: (note) => sender.record(note),
    flush: () => sender.flush(),
    stop: () => sender.stop(),
  };
}

class Sender {
  private readonly options: EventRecorderOptions;
  private readonly stopping = new AbortController();
  private readonly queue: EventNote[] = [];
  /** Events sent lately by what they say, least recent first. */
  private readonly sent = new Map<string, Sent>();
  private running: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.options = options;
  }

  record(note: EventNote): void {
    if (this.stopping.signal.aborted || this.queue.length >= (this.options.capacity ?? 500)) {
      this.options.onOutcome?.('dropped');
      return;
    }
    this.queue.push(note);
    this.running ??= this.drain().finally(() => (this.running = undefined));
  }

  async flush(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.flush();
  }

  private async drain(): Promise<void> {
    for (let note = this.queue.shift(); note !== undefined; note = this.queue.shift()) {
      this.options.onOutcome?.((await this.send(note)) ? 'sent' : 'dropped');
    }
  }

  private async send(note: EventNote): Promise<boolean> {
    // One name for all tries: after a lost answer the second one meets the first.
    const name = `${note.regarding.name.slice(0, 230).replace(/[^a-z0-9]+$/, '')}.${this.options.newId()}`;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      try {
        await this.write(note, name);
        return true;
      } catch (error) {
        if (!mayPass(error) || this.stopping.signal.aborted || attempt === TRIES - 1) {
          this.options.log.warn('an event was dropped', { reason: note.reason, regarding: note.regarding, err: error });
          return false;
        }
        const asked = isKubeError(error) ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
        await sleep(this.options.clock, Math.max(asked, pauseMs(BACKOFF, attempt, this.options.random)), this.stopping.signal);
      }
    }
    return false;
  }

  private async write(note: EventNote, name: string): Promise<void> {
    const { clock, writer } = this.options;
    const said = JSON.stringify([note.regarding.uid, note.related?.uid, note.type, note.reason, note.action, note.note]);
    const now = clock.monotonicMs();
    const known = this.sent.get(said);
    if (known !== undefined && now - known.lastAt < SERIES_MS && (await this.extend(known))) {
      this.remember(said, { ...known, count: known.count + 1, lastAt: now });
      return;
    }
    const namespace = note.regarding.namespace ?? 'default';
    try {
      await writer.create(EVENT, this.manifest(note, { name, namespace }));
    } catch (error) {
      // The answer to our own first try was lost: the name is ours alone.
      if (!isKubeError(error, 'alreadyExists')) throw error;
    }
    this.remember(said, { name, namespace, count: 1, lastAt: now });
  }

  /** One more of the same; false when the Event is gone by now. */
  private async extend(known: Sent): Promise<boolean> {
    const series = { count: known.count + 1, lastObservedTime: microTime(this.options.clock.wallMs()) };
    try {
      await this.options.writer.mergePatch(EVENT, { name: known.name, namespace: known.namespace }, { series });
      return true;
    } catch (error) {
      if (isKubeError(error, 'notFound')) return false;
      throw error;
    }
  }

  private remember(said: string, sent: Sent): void {
    this.sent.delete(said);
    this.sent.set(said, sent);
    for (const oldest of this.sent.keys()) {
      if (this.sent.size <= SERIES_KEPT) return;
      this.sent.delete(oldest);
    }
  }

  private manifest(note: EventNote, place: { readonly name: string; readonly namespace: string }): Manifest {
    const { reportingController, reportingInstance, clock } = this.options;
    const { regarding, related, type, reason, action } = note;
    return {
      metadata: place,
      eventTime: microTime(clock.wallMs()),
      reportingController,
      reportingInstance,
      type,
      reason,
      action,
      regarding,
      ...(related === undefined ? {} : { related }),
      note: cut(note.note),
    };
  }
}

/** The server's limit counts bytes. */
function cut(note: string): string {
  if (Buffer.byteLength(note) <= NOTE_LIMIT) return note;
  return `${Buffer.from(note)
    .subarray(0, NOTE_LIMIT - 6)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}…`;
}

function mayPass(error: unknown): boolean {
  return isKubeError(error, 'unreachable', 'timeout', 'server', 'tooManyRequests', 'unauthorized');
}
