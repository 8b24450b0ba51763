// Runs a scenario: one thing after the other, chosen by a seed, until nothing moves any more. A fault strikes at one write.

import { createReplica, passOf } from './operator.ts';
import type { Deciders, Pending, Replica, Witness } from './operator.ts';
import { kubeSteps } from './kube.ts';
import type { Answer } from './api.ts';
import { deliver, freshView, lagging } from './view.ts';
import { kindNames } from './world.ts';
import type { World } from './world.ts';

/** Something that people or the surroundings do, as soon as the world is ready for it. */
export interface Happening {
  readonly name: string;
  readonly when: (world: World) => boolean;
  readonly act: (world: World) => void;
}

/** What strikes at the write with this number, counted from 1. */
export interface Fault {
  readonly kind: 'crashBefore' | 'crashAfter' | 'lostAnswer' | 'refused';
  readonly at: number;
}

/** How to run. */
export interface Plan {
  readonly seed: number;
  readonly replicas: number;
  /** Watches lag behind, each by itself. */
  readonly lag: boolean;
  readonly fault?: Fault;
}

/** Who watches every write. */
export interface Monitor extends Witness {
  before(write: Pending): void;
  after(write: Pending, answer: Answer): void;
  /** Something else happened. */
  stepped(): void;
}

/** How a run ended. */
export interface Ran {
  readonly writes: number;
  readonly struck: boolean;
  readonly steps: number;
  /** Tells this order of events from others. */
  readonly trace: number;
}

const quietMs = 100_000;
const maximumSteps = 6_000;

/** Runs until nothing has changed for a long time. Throws when that never happens. */
export function run(world: World, happenings: readonly Happening[], plan: Plan, by: Deciders & { witness: Monitor }): Ran {
  const r = new Runner(world, happenings, plan, by);
  while (r.step()) if (r.steps > maximumSteps) throw new Error('it never comes to rest');
  return { writes: r.writes, struck: r.struck, steps: r.steps, trace: r.trace };
}

class Runner {
  steps = 0;
  writes = 0;
  struck = false;
  trace = 17;
  private next = 0;
  private lastChange: number;
  private lastRv = 0;
  private kubeAt = -1;
  private kubeKept: readonly (() => void)[] = [];
  private readonly replicas: Replica[];
  private readonly random: () => number;
  private readonly world: World;
  private readonly happenings: readonly Happening[];
  private readonly plan: Plan;
  private readonly by: Deciders & { witness: Monitor };

  constructor(world: World, happenings: readonly Happening[], plan: Plan, by: Deciders & { witness: Monitor }) {
    this.world = world;
    this.happenings = happenings;
    this.plan = plan;
    this.by = by;
    this.lastChange = world.now;
    this.random = mulberry(plan.seed);
    this.replicas = Array.from({ length: plan.replicas }, () => createReplica(world));
  }

  /** Does one thing. False when nothing moves any more. */
  step(): boolean {
    const { world } = this;
    if (world.rv !== this.lastRv) {
      this.lastRv = world.rv;
      this.lastChange = world.now;
    }
    const choices = this.choices();
    this.steps += 1;
    if (choices.length === 0) return this.passTime();
    const pick = Math.floor(this.random() * choices.length);
    this.trace = (Math.imul(this.trace, 31) + pick * 7 + choices.length) >>> 0;
    choices[pick]?.();
    this.by.witness.stepped();
    return true;
  }

  private choices(): (() => void)[] {
    const { world } = this;
    const happening = this.happenings[this.next];
    if (happening?.when(world) === true) {
      const act = (): void => {
        this.next += 1;
        this.kubeAt = -1;
        happening.act(world);
      };
      return [...this.kube(), ...this.replicas.flatMap((r) => this.replicaChoices(r)), act, act, act];
    }
    return [...this.kube(), ...this.replicas.flatMap((r) => this.replicaChoices(r))];
  }

  // What controllers could do changes only when the world does.
  private kube(): readonly (() => void)[] {
    if (this.kubeAt !== this.world.rv) {
      this.kubeAt = this.world.rv;
      this.kubeKept = kubeSteps(this.world);
    }
    return this.kubeKept;
  }

  private replicaChoices(replica: Replica): (() => void)[] {
    const choices: (() => void)[] = [];
    const behind = lagging(this.world, replica.view);
    if (this.plan.lag) for (const kind of behind) choices.push(() => this.deliverInTime(replica, kind));
    else for (const kind of behind) this.deliver(replica, kind);
    for (const [key, { pass, pending }] of replica.running) choices.push(() => this.write(replica, key, pass, pending));
    for (const [key, at] of replica.due)
      if (at <= this.world.now && !replica.running.has(key)) choices.push(() => this.start(replica, key));
    return choices;
  }

  // Namespaces come and go in seconds, and watches lag by less: what is in a namespace is never seen before it.
  private deliverInTime(replica: Replica, kind: (typeof kindNames)[number]): void {
    if (kind === 'workloads' || kind === 'pods') this.deliver(replica, 'namespaces');
    this.deliver(replica, kind);
  }

  private deliver(replica: Replica, kind: (typeof kindNames)[number]): void {
    const { log } = this.world;
    const from = replica.view.seen[kind];
    if (!deliver(this.world, replica.view, kind)) return;
    for (const { key } of log[kind].slice(from)) this.wake(replica, kind, key);
  }

  private wake(replica: Replica, kind: (typeof kindNames)[number], key: string): void {
    const { now } = this.world;
    const { migrations, records } = replica.view.objects;
    const namespace = key.split('/')[0] ?? key;
    if (kind === 'migrations') for (const name of records.keys()) replica.due.set(`nm/${name}`, now);
    else if (records.has(namespace)) replica.due.set(`nm/${namespace}`, now);
    if (kind === 'migrations' || kind === 'records' || kind === 'namespaces')
      for (const name of migrations.keys()) replica.due.set(`mm/${name}`, now);
  }

  private start(replica: Replica, key: string): void {
    replica.due.delete(key);
    const pass = passOf(this.world, replica, key, this.by);
    this.advance(replica, key, pass, pass.next());
  }

  private advance(replica: Replica, key: string, pass: ReturnType<typeof passOf>, result: IteratorResult<Pending, number>): void {
    if (result.done !== true) {
      replica.running.set(key, { pass, pending: result.value });
      return;
    }
    replica.running.delete(key);
    const at = this.world.now + result.value * 1000;
    replica.due.set(key, Math.min(at, replica.due.get(key) ?? Infinity));
  }

  private write(replica: Replica, key: string, pass: ReturnType<typeof passOf>, pending: Pending): void {
    this.writes += 1;
    const { fault } = this.plan;
    const kind = fault !== undefined && !this.struck && fault.at === this.writes ? fault.kind : undefined;
    if (kind !== undefined) this.struck = true;
    if (kind === 'crashBefore') {
      this.crash(replica);
      return;
    }
    if (kind === 'lostAnswer') {
      this.lose(replica, key, pending);
      return;
    }
    const answer: Answer = kind === 'refused' ? { kind: 'stale' } : this.make(pending);
    if (kind === 'crashAfter') {
      this.crash(replica);
      return;
    }
    this.advance(replica, key, pass, pass.next(answer));
  }

  private make(pending: Pending): Answer {
    this.by.witness.before(pending);
    const answer = pending.make();
    this.by.witness.after(pending, answer);
    return answer;
  }

  // The write is made and nobody learns of it but through the watch.
  private lose(replica: Replica, key: string, pending: Pending): void {
    const { view } = replica;
    replica.view = freshView(this.world);
    this.make(pending);
    replica.view = view;
    replica.running.delete(key);
    replica.due.set(key, this.world.now + 500);
  }

  private crash(replica: Replica): void {
    Object.assign(replica, createReplica(this.world));
  }

  private passTime(): boolean {
    const { world } = this;
    const due = Math.min(...this.replicas.flatMap((r) => [...r.due.values()]));
    const waiting = this.next < this.happenings.length;
    if (due === Infinity || (!waiting && due - this.lastChange > quietMs)) return false;
    if (waiting && due - this.lastChange > 4 * quietMs)
      throw new Error(`"${this.happenings[this.next]?.name ?? ''}" never happened`);
    this.trace = (Math.imul(this.trace, 31) + 5) >>> 0;
    world.now = Math.max(world.now + 1, due);
    return true;
  }
}

// A small generator of numbers from a seed, the same on every machine.
function mulberry(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
