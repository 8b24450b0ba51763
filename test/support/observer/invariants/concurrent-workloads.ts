// Observer: never more workloads of one namespace in flight than the spec allows, by what the record says and by what the
// rollouts show.
import { textAt } from '../fields.ts';
import type { Context, Invariant } from '../invariant.ts';
import { isRolledOut, isKeyed, strategyOf, templateAnnotations, desiredOf } from '../world.ts';
import type { Seen } from '../world.ts';
import { inWords, succeeded, uidOf } from '../write.ts';
import type { Write } from '../write.ts';
import { cutoverOf, isPlanned, Ledger, workloadKind } from './ledger.ts';
import type { Said } from './ledger.ts';
import { Limits } from './limits.ts';

interface Open {
  readonly namespace: string;
  readonly name: string;
  /** The template shall carry keys, or none. */
  readonly keyed: boolean;
}

/** Workloads in flight per namespace stay within pace.maxConcurrentWorkloads. */
export function concurrentWorkloads(): Invariant {
  const limits = new Limits();
  const ledger = new Ledger();
  const open = new Map<string, Open>();
  return {
    name: 'workloads at once',
    change(change) {
      limits.note(change);
      const { collection, old, now } = change;
      if (collection !== 'workloads') return;
      if (now === undefined) open.delete(old?.metadata.uid ?? '');
      else if (isOver(now, open.get(now.metadata.uid))) open.delete(now.metadata.uid);
    },
    write(write, context) {
      ledger.note(write);
      const kind = workloadKind(write);
      const uid = uidOf(write);
      if (!succeeded(write) || kind === undefined || uid === undefined) return;
      const keyed = cutoverOf(write) !== undefined;
      if (!rolls(context.world.workload(kind, write.namespace, write.name))) return;
      open.set(uid, { namespace: write.namespace, name: `${kind}/${write.name}`, keyed });
      const limit = limits.workloads(migrationUid(write, context), context.now);
      const said = ledger.of(write.namespace, context);
      // What was announced before its turn is written before the record tells what has come to its end meanwhile.
      const trouble =
        (isPlanned(write, said) ? undefined : troubleOf(said, keyed, limit)) ?? byRollouts(open, write.namespace, limit);
      if (trouble !== undefined) context.report(trouble, inWords(write));
    },
  };
}

// What failed goes back at once, beside what is in flight already.
function troubleOf(said: Said | undefined, keyed: boolean, limit: number): string | undefined {
  return keyed || said?.step === 'Restore' ? byRecord(said, keyed, limit) : undefined;
}

function migrationUid(write: Write, { world }: Context): string {
  return textAt(world.record(write.namespace), 'spec', 'migrationRef', 'uid') ?? '';
}

function rolls(workload: Seen | undefined): boolean {
  if (workload === undefined) return false;
  return strategyOf(workload) !== 'NextRun' && strategyOf(workload) !== 'OnDelete' && desiredOf(workload) > 0;
}

function isOver(workload: Seen, entry: Open | undefined): boolean {
  if (entry === undefined) return false;
  return !rolls(workload) || (isKeyed(templateAnnotations(workload)) === entry.keyed && isRolledOut(workload));
}

function byRecord(said: Said | undefined, forward: boolean, limit: number): string | undefined {
  const counted = forward ? ['Moving', 'Failed'] : ['Moving'];
  const count = [...(said?.states.values() ?? [])].filter((state) => counted.includes(state)).length;
  return count > limit ? `the record has ${count} workloads in flight, ${limit} allowed` : undefined;
}

function byRollouts(open: ReadonlyMap<string, Open>, namespace: string, limit: number): string | undefined {
  const rolling = [...open.values()].filter((entry) => entry.namespace === namespace);
  if (rolling.length <= limit) return undefined;
  return `${rolling.length} workloads are rolling out, ${limit} allowed: ${rolling.map(({ name }) => name).join(', ')}`;
}
