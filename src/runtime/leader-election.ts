// Runtime room: at most one active process, as far as a Lease can promise that. It never compares clocks of two machines:
// it acts only on how long ago, by its own monotonic clock, it saw something change.
import { isKubeError } from '../kube/kube-error.ts';
import { microTime, sleep } from './clock.ts';
import type { Clock } from './clock.ts';
import type { LeaseApi, LeaseObject, LeaseSpec } from './lease.ts';
import type { Log } from './log.ts';

/** Durations in milliseconds; the defaults are those of every Kubernetes controller. */
export interface ElectionTiming {
  /** How long others wait after the last renewal they saw: 15 s. */
  readonly leaseMs: number;
  /** How long a leader goes on without a successful renewal: 10 s. */
  readonly renewDeadlineMs: number;
  /** Pause between attempts at most: 2 s. */
  readonly retryMs: number;
}

/** An election's parts. */
export interface ElectionOptions {
  readonly lease: LeaseApi;
  /** Unique per process, also after a restart in the same pod. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly timing?: ElectionTiming;
  /** Called once when leadership is lost. The process must exit at once, without finishing anything. */
  readonly onLost: (reason: string) => void;
  /** For metrics: true on acquiring, false on loss and release. */
  readonly onChange?: (leading: boolean) => void;
}

/** A candidate, later perhaps the leader. */
export interface Election {
  /** Begins to campaign; later calls do nothing. */
  start(): void;
  /** Resolves on becoming leader; never when stopped before. */
  readonly acquired: Promise<void>;
  /**
   * The fence before each write: true only while the last successful renewal was *sent* less than the renew deadline ago.
   * Others take over a lease duration after they saw it, so a true answer leaves five seconds for the write itself.
   * It is false as soon as a frozen process wakes up too late, before any timer could run.
   */
  isLeader(): boolean;
  /** Holder last seen, '' when unknown or nobody. */
  holder(): string;
  /** Stops campaigning; a leader gives the Lease back, so that the next one takes over at its next attempt. */
  release(): Promise<void>;
}

const DEFAULT_TIMING: ElectionTiming = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

/** A candidate that has not begun to campaign. */
export function createElection(options: ElectionOptions): Election {
  const candidate = new Candidate(options);
  return {
    start: () => candidate.start(),
    acquired: candidate.acquired,
    isLeader: () => candidate.isLeader(),
    holder: () => candidate.holder(),
    release: () => candidate.release(),
  };
}

class Candidate {
  readonly acquired: Promise<void>;
  private readonly options: ElectionOptions;
  private readonly timing: ElectionTiming;
  private readonly stopping = new AbortController();
  private readonly win: () => void;
  private role: 'candidate' | 'leader' | 'lost' = 'candidate';
  private ended: Promise<void> | undefined;
  private seen: LeaseObject | undefined;
  /** When `seen` was first seen in this version, monotonic. */
  private seenAt = 0;
  /** When the last successful renewal was sent, monotonic. */
  private renewedAt = -Infinity;
  /** True while `seen` is our own last write and nothing hints that it is not the newest. */
  private fresh = false;

  constructor(options: ElectionOptions) {
    this.options = options;
    this.timing = options.timing ?? DEFAULT_TIMING;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.acquired = promise;
    this.win = () => resolve(undefined);
  }

  start(): void {
    this.ended ??= this.campaign();
  }

  isLeader(): boolean {
    return this.role === 'leader' && this.now() - this.renewedAt < this.timing.renewDeadlineMs;
  }

  holder(): string {
    return this.seen?.spec?.holderIdentity ?? '';
  }

  async release(): Promise<void> {
    this.stopping.abort();
    if (this.ended === undefined || this.role === 'lost') return;
    await this.ended;
    if (this.role === 'leader') this.options.onChange?.(false);
    this.role = 'lost';
    try {
      await this.giveBack();
    } catch (error) {
      // Whoever waits takes over a lease duration later instead.
      this.options.log.warn('the lease could not be released', { err: error });
    }
  }

  private async campaign(): Promise<void> {
    const { clock } = this.options;
    const { signal } = this.stopping;
    while (this.going()) {
      // A leader watches its own deadline too: an attempt that hangs must not hide that time is up.
      const cancel =
        this.role === 'leader' ? clock.after(this.untilDeadline(), () => this.lose('the renew deadline has passed')) : undefined;
      await this.attempt();
      cancel?.();
      if (this.role === 'leader' && !this.isLeader()) this.lose('the renew deadline has passed');
      if (this.going()) await sleep(clock, this.pause(), signal);
    }
  }

  private going(): boolean {
    return this.role !== 'lost' && !this.stopping.signal.aborted;
  }

  private async attempt(): Promise<void> {
    const { log } = this.options;
    try {
      await this.takeOrRenew();
    } catch (error) {
      // After a lost answer or a conflict nothing is known about the Lease any more: it is read before the next write.
      if (isKubeError(error, 'conflict', 'alreadyExists', 'notFound') || isAmbiguous(error)) this.fresh = false;
      if (!this.going()) return;
      const level = isKubeError(error, 'conflict', 'alreadyExists') ? 'debug' : 'warn';
      log[level]('a lease attempt failed', { err: error, leading: this.role === 'leader' });
    }
  }

  private async takeOrRenew(): Promise<void> {
    const call = { signal: this.stopping.signal, timeoutMs: this.timing.renewDeadlineMs / 2 };
    const lease = this.role === 'leader' && this.fresh ? this.seen : await this.options.lease.read(call);
    if (lease !== undefined) this.observe(lease);
    if (!this.mayTake(lease)) {
      if (this.role === 'leader') this.lose('another process holds the lease');
      return;
    }
    const sentAt = this.now();
    const spec = this.specFor(lease);
    const written =
      lease === undefined ? await this.options.lease.create(spec, call) : await this.options.lease.update(lease, spec, call);
    this.observe(written);
    this.fresh = true;
    this.lead(sentAt);
  }

  private mayTake(lease: LeaseObject | undefined): boolean {
    // A Lease that somebody deleted is still its holder's for as long as we last saw it: the holder makes it again.
    const judged = lease ?? this.seen;
    const holder = judged?.spec?.holderIdentity ?? '';
    if (judged === undefined || holder === '' || holder === this.options.identity) return true;
    return this.expiresIn(judged) <= 0;
  }

  private expiresIn(lease: LeaseObject): number {
    const durationMs = (lease.spec?.leaseDurationSeconds ?? this.timing.leaseMs / 1_000) * 1_000;
    return this.seenAt + durationMs - this.now();
  }

  private observe(lease: LeaseObject): void {
    if (this.seen?.metadata.uid === lease.metadata.uid && this.seen.metadata.resourceVersion === lease.metadata.resourceVersion)
      return;
    this.seen = lease;
    this.seenAt = this.now();
  }

  private specFor(lease: LeaseObject | undefined): LeaseSpec {
    const time = microTime(this.options.clock.wallMs());
    const held = lease?.spec?.holderIdentity === this.options.identity;
    const transitions = lease?.spec?.leaseTransitions ?? 0;
    return {
      holderIdentity: this.options.identity,
      leaseDurationSeconds: Math.ceil(this.timing.leaseMs / 1_000),
      acquireTime: held ? (lease.spec.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: lease === undefined || held ? transitions : transitions + 1,
    };
  }

  private lead(sentAt: number): void {
    if (this.role === 'lost') return;
    this.renewedAt = sentAt;
    if (this.role === 'leader') return;
    this.role = 'leader';
    this.options.log.info('became leader', { identity: this.options.identity });
    this.options.onChange?.(true);
    this.win();
  }

  private lose(reason: string): void {
    if (this.role !== 'leader') return;
    this.role = 'lost';
    this.stopping.abort();
    this.options.onChange?.(false);
    this.options.log.error('lost the leadership', { reason, identity: this.options.identity });
    this.options.onLost(reason);
  }

  private untilDeadline(): number {
    return this.renewedAt + this.timing.renewDeadlineMs - this.now();
  }

  /** Never more than the retry period: the one who waits looks again no later than the very moment the Lease expires. */
  private pause(): number {
    const plain = this.timing.retryMs * (0.8 + 0.2 * this.options.random());
    if (this.role === 'leader' || this.seen === undefined) return this.fresh || this.role === 'candidate' ? plain : 0.1 * plain;
    const holder = this.seen.spec?.holderIdentity ?? '';
    const expiresIn = this.expiresIn(this.seen);
    return holder !== '' && expiresIn > 0 ? Math.min(plain, expiresIn) : plain;
  }

  private async giveBack(): Promise<void> {
    const call = { timeoutMs: this.timing.renewDeadlineMs / 2 };
    // Also a candidate looks: its last attempt may have won without hearing of it.
    const lease = this.fresh ? this.seen : await this.options.lease.read(call);
    if (lease?.spec?.holderIdentity !== this.options.identity) return;
    const time = microTime(this.options.clock.wallMs());
    await this.options.lease.update(
      lease,
      { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time },
      call,
    );
    this.options.log.info('released the leadership', { identity: this.options.identity });
  }

  private now(): number {
    return this.options.clock.monotonicMs();
  }
}

function isAmbiguous(error: unknown): boolean {
  return isKubeError(error) && error.ambiguous;
}
