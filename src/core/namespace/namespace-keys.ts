// The namespace's own keys: what a commit writes, what an un-commit restores, and who stands in the way. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { OriginalKey } from '../../api/v1alpha1/namespace-migration.ts';
import type { Action, KeyChange } from '../action.ts';
import type { NamespaceFacts, NamespaceObservation } from '../observation.ts';
import { isOwnKey, pairOf } from '../pair.ts';

/** The value that a key had before the first write; undefined for absent. */
function originalOf(originals: readonly OriginalKey[] | undefined, key: string): string | undefined {
  const original = originals?.find((o) => o.key === key);
  return original?.present === true ? (original.value ?? '') : undefined;
}

interface Wanted {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** What the namespace carries once it is committed. */
function committedKeys(o: NamespaceObservation): Wanted {
  const pair = pairOf(o.record.spec.source, o.record.spec.target);
  return {
    labels: { ...o.namespaceDefault.labels, [keys.to]: pair.to, [keys.from]: pair.from },
    annotations: o.namespaceDefault.annotations,
  };
}

/** The namespace carries all that a commit writes. */
export function isCommitted(o: NamespaceObservation): boolean {
  if (o.namespace === undefined) return false;
  const { labels, annotations } = o.namespace;
  const wanted = committedKeys(o);
  return holds(labels, wanted.labels) && holds(annotations, wanted.annotations);
}

function holds(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => found[key] === value);
}

/** The changes, or the first key that somebody else changed meanwhile. */
export type KeyPlan =
  | { kind: 'changes'; labels: KeyChange[]; annotations: KeyChange[] }
  | { kind: 'conflict'; key: string; found: string | undefined };

/** Changes that commit a namespace. Every key must be what it was, or already what it shall be. */
export function planCommit(o: NamespaceObservation, namespace: NamespaceFacts): KeyPlan {
  const { originals } = o.record.spec;
  const wanted = committedKeys(o);
  return plan(namespace, wanted, (map, key, value) => ({ from: originalOf(originals[map], key), to: value }));
}

/** Changes that un-commit a namespace. Every key must be what we wrote, or already what it was. */
export function planUncommit(o: NamespaceObservation, namespace: NamespaceFacts): KeyPlan {
  const { originals } = o.record.spec;
  return plan(namespace, writtenKeys(o, namespace), (map, key, value) => ({ from: value, to: originalOf(originals[map], key) }));
}

// Keys of our own prefix are ours whatever they say: the settings may have been others when they were written.
function writtenKeys(o: NamespaceObservation, namespace: NamespaceFacts): Wanted {
  const wanted = committedKeys(o);
  const settings = Object.entries(namespace.annotations).filter(([key]) => isOwnKey(key));
  return { labels: wanted.labels, annotations: { ...wanted.annotations, ...Object.fromEntries(settings) } };
}

type Map2 = 'labels' | 'annotations';

function plan(
  namespace: NamespaceFacts,
  wanted: Wanted,
  want: (map: Map2, key: string, value: string) => Omit<KeyChange, 'key'>,
): KeyPlan {
  const result: Record<Map2, KeyChange[]> = { labels: [], annotations: [] };
  for (const map of ['labels', 'annotations'] as const) {
    for (const [key, value] of Object.entries(wanted[map])) {
      const found = namespace[map][key];
      const { from, to } = want(map, key, value);
      if (found === to) continue;
      if (found !== from) return { kind: 'conflict', key, found };
      result[map].push({ key, from, to });
    }
  }
  return { kind: 'changes', ...result };
}

/** The write that a plan amounts to; undefined where nothing needs changing. `moving`: put the label on or take it off with it. */
export function namespaceAction(
  namespace: NamespaceFacts,
  plan: { labels: readonly KeyChange[]; annotations: readonly KeyChange[] },
  why: 'Moving' | 'Commit' | 'Uncommit' | 'End',
): Action | undefined {
  const found = namespace.labels[keys.moving];
  const moving = why === 'Moving' ? movingLabel : why === 'Uncommit' ? found : undefined;
  const labels = [...plan.labels, ...(found === moving ? [] : [{ key: keys.moving, from: found, to: moving }])];
  if (labels.length === 0 && plan.annotations.length === 0) return undefined;
  const { name, uid, resourceVersion } = namespace;
  return { kind: 'changeNamespace', namespace: name, uid, resourceVersion, labels, annotations: plan.annotations, why };
}

const movingLabel = 'true';

/** Nothing but the moving label. */
export const noKeys = { labels: [], annotations: [] } as const;
