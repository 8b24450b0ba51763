// How a world ended, in short: what tests compare.

import { keys } from '../../src/api/v1alpha1/group.ts';
import { podsOf } from './world.ts';
import type { ModelWorkload, World } from './world.ts';

/** One line per migration, namespace and workload. Numbers of tries and times are left out: they may differ. */
export function endOf(world: World): string[] {
  const { migrations, records, namespaces, workloads } = world.objects;
  return [
    ...[...migrations.values()].map((m) => {
      const ready = m.status?.conditions?.find((c) => c.type === 'Ready');
      return `${m.metadata.name}: ${ready?.status ?? '-'} ${ready?.reason ?? '-'} ${m.status?.migrated ?? ''}`;
    }),
    ...[...namespaces.values()].map((n) => {
      const status = records.get(n.name)?.status;
      const own = Object.entries({ ...n.labels, ...n.annotations }).filter(([key]) => !key.endsWith('/hold'));
      return `${n.name}: ${status?.step ?? '-'} ${status?.reason ?? ''} ${own.map(([k, v]) => `${short(k)}=${v}`).join(' ')}`.trim();
    }),
    ...[...workloads.values()].map((w) => `${w.namespace}/${w.kind}/${w.name}: ${workloadEnd(world, w)}`),
  ].toSorted();
}

function workloadEnd(world: World, w: ModelWorkload): string {
  const row = world.objects.records.get(w.namespace)?.status?.workloads?.find((r) => r.uid === w.uid);
  const own = Object.keys(w.keys).map(short).toSorted().join(' ');
  const pods = podsOf(world, w).filter((pod) => !pod.ended);
  const where = pods.map((pod) => `${pod.inTarget ? 'target' : 'source'}${pod.ready ? '' : ' not ready'}`);
  return `${w.template} [${own}] ${row === undefined ? '' : `${row.state} ${row.reason ?? ''} `}(${where.toSorted().join(', ')})`;
}

function short(key: string): string {
  return key === keys.moving ? 'moving' : (key.split('/').at(-1) ?? key);
}
