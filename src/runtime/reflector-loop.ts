// Runtime room: the endless loop behind a reflector: connect, take everything, follow, notice silence, connect again.
import type { WatchFrame } from '../kube/client.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { KubeObject } from '../kube/object.ts';
import { sleep } from './clock.ts';
import { Reconnect, StalledError } from './reconnect.ts';
import type { ReflectorMetrics, ReflectorOptions, RelistReason } from './reflector.ts';
import { keyOf } from './store.ts';
import type { Change, Store } from './store.ts';
import { watchOverSilence } from './silence.ts';

/** The server speaks about once a minute on a quiet watch: so much silence means nobody is there. */
const SHORTEST_SILENCE_MS = 90_000;
const SILENCE_SPREAD_MS = 30_000;
const SHORTEST_WATCH_SECONDS = 240;
const WATCH_SPREAD_SECONDS = 240;

type LoopOptions<T> = ReflectorOptions<T> & { readonly relistEveryMs: number; readonly metrics: ReflectorMetrics };

/** One collection, followed until stopped. */
export class ReflectorLoop<T> {
  readonly synced: Promise<void>;
  hasSynced = false;
  lastError: Error | undefined;
  private readonly options: LoopOptions<T>;
  private readonly store: Store<T>;
  private readonly emit: (change: Change<T>) => void;
  private readonly stopping = new AbortController();
  private readonly settleSynced: { readonly resolve: () => void; readonly reject: (error: Error) => void };
  private ended: Promise<void> | undefined;
  private heardAt: number;
  private listedAt = -Infinity;
  /** Version to follow from; undefined when everything must be taken first. */
  private version: string | undefined;
  private relistReason: RelistReason = 'start';
  private generation = 0;
  private readonly reconnect: Reconnect;
  /** 'always': the server refused WatchList (an older one, or the feature is off). */
  private pages: 'once' | 'always' | undefined;
  /** The versions of the server went back, so equal versions may hide other content. */
  private distrustVersions = false;
  private newest: string | undefined;
  private hear: () => void = () => undefined;

  constructor(options: LoopOptions<T>, store: Store<T>, emit: (change: Change<T>) => void) {
    this.options = options;
    this.store = store;
    this.emit = emit;
    this.reconnect = new Reconnect(options.random);
    this.heardAt = options.clock.monotonicMs();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.synced = promise;
    // Nobody need wait for it.
    promise.catch(() => undefined);
    this.settleSynced = { resolve: () => resolve(undefined), reject };
  }

  start(): void {
    this.heardAt = this.options.clock.monotonicMs();
    this.ended ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
    this.options.metrics.stopped();
    if (!this.hasSynced) this.settleSynced.reject(new Error(`reflector ${this.options.name} was stopped before it had synced`));
  }

  lastFrameAgeMs(): number {
    return this.options.clock.monotonicMs() - this.heardAt;
  }

  private async run(): Promise<void> {
    const { clock } = this.options;
    const { signal } = this.stopping;
    while (this.going()) {
      const startedAt = clock.monotonicMs();
      const error = await this.connectOnce();
      if (this.going()) await sleep(clock, this.afterEnd(error, clock.monotonicMs() - startedAt), signal);
    }
  }

  private going(): boolean {
    return !this.stopping.signal.aborted;
  }

  /** One connection from its request to its end; answers the error that ended it. */
  private async connectOnce(): Promise<Error | undefined> {
    const { clock, random } = this.options;
    const limit = SHORTEST_SILENCE_MS + SILENCE_SPREAD_MS * random();
    const guard = watchOverSilence(clock, limit, this.stopping.signal);
    this.hear = () => {
      this.heardAt = clock.monotonicMs();
      guard.heard();
    };
    try {
      if (clock.monotonicMs() - this.listedAt >= this.options.relistEveryMs && this.version !== undefined)
        this.relist('interval');
      if (this.version === undefined && this.pages !== undefined) await this.takePages(guard.signal);
      await this.follow(guard.signal);
      return undefined;
    } catch (error) {
      if (guard.stalled()) return new StalledError(limit);
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      guard.end();
    }
  }

  private async takePages(signal: AbortSignal): Promise<void> {
    this.generation += 1;
    if (this.pages === 'once') this.pages = undefined;
    let version: string | undefined;
    for await (const page of this.options.source.listPages(signal)) {
      this.hear();
      for (const object of page.items) this.take(object);
      version = page.resourceVersion;
    }
    if (version === undefined) throw new Error('the list had no page');
    this.tookEverything(version);
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { source, random, clock, relistEveryMs } = this.options;
    const untilRelist = Math.ceil((this.listedAt + relistEveryMs - clock.monotonicMs()) / 1_000);
    const wanted = Math.round(SHORTEST_WATCH_SECONDS + WATCH_SPREAD_SECONDS * random());
    const timeoutSeconds = this.version === undefined ? wanted : Math.max(1, Math.min(wanted, untilRelist));
    if (this.version === undefined) this.generation += 1;
    for await (const frame of source.watch({ signal, timeoutSeconds, resourceVersion: this.version })) {
      this.hear();
      this.handle(frame);
    }
    if (this.version === undefined) throw new Error('the watch ended before everything was sent');
  }

  private handle(frame: WatchFrame): void {
    switch (frame.type) {
      case 'ADDED':
      case 'MODIFIED':
        this.options.metrics.event();
        this.take(frame.object);
        this.advance(frame.object.metadata.resourceVersion);
        return;
      case 'DELETED':
        this.options.metrics.event();
        this.store.remove(frame.object).forEach(this.emit);
        this.advance(frame.object.metadata.resourceVersion);
        return;
      case 'BOOKMARK':
        if (frame.initialEventsEnd && this.version === undefined) this.tookEverything(frame.resourceVersion);
        else this.advance(frame.resourceVersion);
        return;
      case 'ERROR':
        throw frame.error;
      case 'MALFORMED':
        this.options.metrics.malformed();
        this.options.log.warn('a frame of a watch was not understood', { reflector: this.options.name, defect: frame.message });
        return;
    }
  }

  private advance(version: string | undefined): void {
    // While everything is being taken there is no version to follow from yet.
    if (this.version === undefined || version === undefined) return;
    this.version = version;
    this.newest = version;
    this.reconnect.progress();
  }

  private take(object: KubeObject): void {
    const { generation } = this;
    if (!this.distrustVersions && this.store.touch(object, generation)) return;
    let value: T;
    try {
      value = this.options.trim(object);
    } catch (error) {
      this.store.keep(object, generation);
      this.options.metrics.malformed();
      this.options.log.error('an object could not be trimmed', { reflector: this.options.name, key: keyOf(object), err: error });
      return;
    }
    this.store.put({ object, value }, generation).forEach(this.emit);
  }

  private tookEverything(version: string): void {
    const { clock, metrics, log, name } = this.options;
    this.store.sweep(this.generation).forEach(this.emit);
    metrics.relisted(this.relistReason);
    this.listedAt = clock.monotonicMs();
    this.distrustVersions = false;
    const wentBack = isOlder(version, this.newest);
    this.newest = version;
    this.version = version;
    this.reconnect.progress();
    this.lastError = undefined;
    if (!this.hasSynced) {
      this.hasSynced = true;
      this.settleSynced.resolve();
    }
    if (!wentBack) return;
    log.warn('versions of the server went back; everything is taken again', { reflector: name, version });
    this.distrustVersions = true;
    this.relist('versionWentBack');
    throw new KubeError({ kind: 'gone', reason: 'VersionWentBack', message: `${name}: the server's versions went back` });
  }

  private relist(reason: RelistReason): void {
    this.version = undefined;
    this.relistReason = reason;
  }

  /** Takes in how a connection ended; answers the milliseconds to wait. */
  private afterEnd(error: Error | undefined, livedMs: number): number {
    const { metrics, log, name } = this.options;
    const next = this.reconnect.judge({ error, livedMs, taking: this.version === undefined });
    this.lastError = error;
    if (next.relist !== undefined) this.relist(next.relist);
    if (next.pages !== undefined) this.pages = this.pages === 'always' ? 'always' : next.pages;
    if (next.failure !== undefined) {
      metrics.failed(next.failure);
      const level = next.persistent ? 'warn' : 'debug';
      log[level]('a watch is opened again', { reflector: name, err: error, pauseMs: Math.round(next.pauseMs) });
    }
    return next.pauseMs;
  }
}

/** Versions of one resource are whole numbers that grow; anything else is not compared. */
function isOlder(version: string, than: string | undefined): boolean {
  if (than === undefined || !/^\d+$/.test(version) || !/^\d+$/.test(than)) return false;
  return BigInt(version) < BigInt(than);
}
