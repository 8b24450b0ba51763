// Reader room: the l5d pods, from the DaemonSets that are the source. Judges no health: preflight does.

import type { MeshMigrationSpec } from '../../../api/v1alpha1/mesh-migration.ts';
import type { KubeObjectLike, PreflightFact } from '../../adapter.ts';
import type { NamesIo } from '../../names.ts';
import { fieldsAt, listAt, numberAt, textAt } from '../../pod-parts.ts';
import { linkerd1Questions } from '../preflight.ts';
import { ambiguityOf, chooseSource, nameTheSource } from '../source.ts';
import type { L5dPod } from './admin.ts';

/** The pods, or a sentence. */
export type FoundPods =
  | { readonly ok: true; readonly pods: readonly L5dPod[]; readonly namespace: string; readonly problems: readonly string[] }
  | { readonly ok: false; readonly why: string };

/** Finds the pods. Never rejects. */
export async function findPods(spec: MeshMigrationSpec, list: NamesIo['list']): Promise<FoundPods> {
  const all = objectsOf(await Promise.all(linkerd1Questions(spec).map(list)));
  if (typeof all === 'string') return { ok: false, why: all };
  const choice = chooseSource(all, spec);
  if (choice.kind === 'none') return { ok: false, why: 'no DaemonSet of Linkerd 1 was found' };
  if (choice.kind === 'ambiguous') return { ok: false, why: `${ambiguityOf(choice.sets)}. ${nameTheSource}` };
  const { sets: sources, namespace } = choice;
  const found = objectsOf([await list({ name: 'l5d pods', group: '', version: 'v1', plural: 'pods', namespace })]);
  if (typeof found === 'string') return { ok: false, why: found };
  const owned = found.filter((pod) => belongs(pod, sources));
  const pods = owned.flatMap(podOf);
  const missing = owned.length - pods.length;
  return { ok: true, pods, namespace, problems: missing === 0 ? [] : [`${missing} l5d pods have no address yet`] };
}

function objectsOf(answers: readonly PreflightFact[]): readonly KubeObjectLike[] | string {
  const error = answers.find((answer) => answer.kind === 'error');
  return error?.message ?? answers.flatMap((answer) => (answer.kind === 'objects' ? answer.items : []));
}

function belongs(pod: KubeObjectLike, sets: readonly KubeObjectLike[]): boolean {
  const uids = listAt(fieldsAt(pod, 'metadata'), 'ownerReferences').map((owner) => textAt(owner, 'uid'));
  const phase = textAt(fieldsAt(pod, 'status'), 'phase');
  const ended = phase === 'Succeeded' || phase === 'Failed';
  return !ended && sets.some((set) => uids.includes(textAt(fieldsAt(set, 'metadata'), 'uid') ?? ''));
}

function podOf(pod: KubeObjectLike): L5dPod[] {
  const address = textAt(fieldsAt(pod, 'status'), 'podIP');
  const { name, namespace } = pod.metadata ?? {};
  const uid = textAt(fieldsAt(pod, 'metadata'), 'uid');
  if (address === undefined || name === undefined || namespace === undefined || uid === undefined) return [];
  // A container that restarted counts from zero: it is another process.
  const restarts = listAt(fieldsAt(pod, 'status'), 'containerStatuses').map((status) => numberAt(status, 'restartCount') ?? 0);
  return [{ name, namespace, uid: `${uid} ${restarts.join(' ')}`, address }];
}
