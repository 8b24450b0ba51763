// Observer: what came back is what was, absent and empty told apart: the namespace's keys and every template.
import { isDeepStrictEqual } from 'node:util';
import { listAt, numberAt, textAt, valueAt } from '../fields.ts';
import type { Context, Invariant } from '../invariant.ts';
import { key, namespaceLabels } from '../keys.ts';
import { idOf, isKeyed, stepOf, templateAnnotations, templatePath } from '../world.ts';
import type { Seen } from '../world.ts';
import { workloadKind } from './ledger.ts';
import { succeeded } from '../write.ts';
import type { Write } from '../write.ts';

interface Before {
  readonly template: unknown;
  readonly minReadySeconds: number | undefined;
}

/** After RolledBack, namespace keys equal the originals and templates equal what they were before the first key. */
export function exactRestore(): Invariant {
  const before = new Map<string, Before>();
  const editedByOthers = new Set<string>();
  return {
    name: 'exact restore',
    foreignWrite(write) {
      const id = editOf(write);
      if (id !== undefined) editedByOthers.add(id);
    },
    change({ collection, old, now }, context) {
      if (collection === 'workloads' && old !== undefined && now !== undefined && becameKeyed(old, now)) {
        before.set(now.metadata.uid, stateOf(old));
        editedByOthers.delete(idOf(now));
      }
      if (collection !== 'records' || now === undefined || !hasComeBack(old, now)) return;
      context.suspect(() => troubleOf(now, { before, editedByOthers }, context), JSON.stringify(now['spec']));
    },
  };
}

function becameKeyed(old: Seen, now: Seen): boolean {
  return isKeyed(templateAnnotations(now)) && !isKeyed(templateAnnotations(old));
}

function hasComeBack(old: Seen | undefined, now: Seen): boolean {
  return stepOf(now) === 'RolledBack' && (old === undefined || stepOf(old) !== 'RolledBack');
}

interface Known {
  readonly before: ReadonlyMap<string, Before>;
  readonly editedByOthers: ReadonlySet<string>;
}

const controllers = /^system:(serviceaccount:kube-system:|node:|kube-)/;

function editOf(write: Write): string | undefined {
  const kind = workloadKind(write) ?? (write.verb === 'update' ? workloadKind({ ...write, verb: 'patch' }) : undefined);
  if (kind === undefined || !succeeded(write) || controllers.test(write.user)) return undefined;
  return `${kind}/${write.namespace}/${write.name}`;
}

function troubleOf(record: Seen, known: Known, { world }: Context): string | undefined {
  const namespace = world.namespace(record.metadata.name);
  const latest = world.record(record.metadata.name);
  if (namespace === undefined || latest?.metadata.uid !== record.metadata.uid || stepOf(latest) !== 'RolledBack')
    return undefined;
  const workloads = world.all('workloads', record.metadata.name);
  return inNamespace(record, namespace) ?? workloads.map((workload) => inWorkload(workload, known)).find((t) => t !== undefined);
}

function inNamespace(record: Seen, namespace: Seen): string | undefined {
  const left = namespaceLabels.find((label) => namespace.metadata.labels?.[label] !== undefined);
  if (left !== undefined) return `${idOf(namespace)} still has the label ${left}`;
  for (const map of ['labels', 'annotations'] as const) {
    for (const original of listAt(record, 'spec', 'originals', map)) {
      const name = textAt(original, 'key') ?? '';
      const wanted = original['present'] === true ? textAt(original, 'value') : undefined;
      const found = namespace.metadata[map]?.[name];
      if (found !== wanted) return `${idOf(namespace)}: ${name} is ${String(found)} and was ${String(wanted)}`;
    }
  }
  return undefined;
}

function inWorkload(workload: Seen, { before, editedByOthers }: Known): string | undefined {
  const was = before.get(workload.metadata.uid);
  if (was === undefined || editedByOthers.has(idOf(workload)) || isKeyed(templateAnnotations(workload))) return undefined;
  const is = stateOf(workload);
  if (isDeepStrictEqual(is, was)) return undefined;
  return `${idOf(workload)} is not what it was: ${JSON.stringify(is).slice(0, 900)} and was ${JSON.stringify(was).slice(0, 900)}`;
}

// The key that restarts what had joined by its namespace alone stays, and is no part of what was.
function stateOf(workload: Seen): Before {
  const path = templatePath(workload.kind ?? '');
  const template = structuredClone(valueAt(workload, ...path)) as { metadata?: { annotations?: Record<string, string> } };
  const annotations = template.metadata?.annotations;
  if (annotations !== undefined) {
    const { [key.restored]: _restored, ...others } = annotations;
    if (Object.keys(others).length > 0) template.metadata = { ...template.metadata, annotations: others };
    else delete template.metadata?.annotations;
  }
  return { template, minReadySeconds: numberAt(workload, 'spec', 'minReadySeconds') };
}
