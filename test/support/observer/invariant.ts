// Observer: what an invariant is, and the pure core that feeds all of them with writes and changes. No clock, no client.
import type { Place } from './keys.ts';
import type { Write } from './write.ts';
import { World } from './world.ts';
import type { Change } from './world.ts';

/** Something that must never happen, and did. */
export interface Violation {
  /** Name of the invariant. */
  readonly invariant: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly message: string;
  /** The write or object that shows it. */
  readonly evidence: string;
}

/** What an invariant may look at, and where it reports. */
export interface Context {
  readonly place: Place;
  readonly world: World;
  /** Milliseconds since 1970, of the newest thing that was told. */
  readonly now: number;
  readonly report: (message: string, evidence: string) => void;
  /**
   * Two watches may be a moment apart. `check` is asked again with every news; when it finds nothing any more, all is well;
   * when it still finds something after `graceMs`, that is reported.
   */
  readonly suspect: (check: () => string | undefined, evidence: string, graceMs?: number) => void;
}

/** One rule about the operator. */
export interface Invariant {
  readonly name: string;
  /** A write of the operator, in the order of the audit log. */
  readonly write?: (write: Write, context: Context) => void;
  /** A write of anybody else. */
  readonly foreignWrite?: (write: Write, context: Context) => void;
  /** A change, already applied to the world. */
  readonly change?: (change: Change, context: Context) => void;
  /** The run is over and quiet. */
  readonly end?: (context: Context) => void;
}

interface Suspicion {
  readonly invariant: string;
  readonly since: number;
  readonly until: number;
  readonly check: () => string | undefined;
  readonly evidence: string;
}

const usualGraceMs = 1_500;

/** Feeds invariants and keeps what they report. */
export class Monitor {
  readonly violations: Violation[] = [];
  readonly world = new World();
  readonly #invariants: readonly Invariant[];
  readonly #place: Place;
  #suspicions: Suspicion[] = [];
  #now = 0;

  constructor(invariants: readonly Invariant[], place: Place) {
    this.#invariants = invariants;
    this.#place = place;
  }

  write(write: Write): void {
    this.#now = Math.max(this.#now, write.at);
    for (const invariant of this.#invariants) {
      const told = write.user === this.#place.user ? invariant.write : invariant.foreignWrite;
      told?.(write, this.#contextOf(invariant));
    }
    this.tick(write.at);
  }

  change(change: Change): void {
    this.#now = Math.max(this.#now, change.at);
    this.world.apply(change);
    for (const invariant of this.#invariants) invariant.change?.(change, this.#contextOf(invariant));
    this.tick(change.at);
  }

  /** Time has passed. */
  tick(now: number): void {
    this.#now = Math.max(this.#now, now);
    this.#suspicions = this.#suspicions.filter((suspicion) => {
      const message = suspicion.check();
      if (message === undefined) return false;
      if (this.#now < suspicion.until) return true;
      this.violations.push({ invariant: suspicion.invariant, at: suspicion.since, message, evidence: suspicion.evidence });
      return false;
    });
  }

  /** True while something may still turn out to be wrong. */
  isWaiting(): boolean {
    return this.#suspicions.length > 0;
  }

  end(now: number): void {
    this.tick(now);
    for (const invariant of this.#invariants) invariant.end?.(this.#contextOf(invariant));
    for (const { until } of this.#suspicions) this.tick(Math.max(this.#now, until));
  }

  #contextOf({ name }: Invariant): Context {
    const now = this.#now;
    return {
      place: this.#place,
      world: this.world,
      now,
      report: (message, evidence) => this.violations.push({ invariant: name, at: now, message, evidence }),
      suspect: (check, evidence, graceMs = usualGraceMs) => {
        this.#suspicions.push({ invariant: name, since: now, until: now + graceMs, check, evidence });
      },
    };
  }
}
