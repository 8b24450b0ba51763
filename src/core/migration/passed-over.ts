// Namespaces that a wave's selector selects and that are not moved only because an object in them looks like a mesh, which
// anybody could have made. They are told, so that nobody takes them for moved. Those that the operator never touches, and
// those of a mesh that a person named or installed, are passed over in silence. Pure.

import type { Failure } from '../../api/v1alpha1/mesh-migration-status.ts';
import { compare } from '../order.ts';
import { matches } from './membership.ts';
import type { MigrationObservation } from './observation.ts';

const remedy =
  'Name the namespace of the mesh to leave in spec.source: if it is this one, it stays out; otherwise the namespace moves.';

/** What a person reads of them; a namespace that a wave names is refused with the spec instead. */
export function passedOverFailures(o: MigrationObservation): Failure[] {
  const { waves } = o.migration.spec;
  return o.namespaces
    .filter((n) => !n.deleting && o.isExcluded(n.name) && o.isAssumed?.(n.name) === true)
    .filter((n) => waves.some((wave) => wave.namespaces === undefined && matches(wave, n)))
    .map(({ name }) => name)
    .toSorted(compare)
    .map((namespace) => {
      const message = `not moved, because something in ${namespace} looks like the source mesh`;
      return { namespace, reason: 'NamespacePassedOver', message, remedy };
    });
}
