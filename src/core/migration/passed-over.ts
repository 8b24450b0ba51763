// Namespaces that a wave's selector selects and that are not moved, because the operator never touches them or a control
// plane is in them. They are told, so that nobody takes them for moved. Pure.

import type { Failure } from '../../api/v1alpha1/mesh-migration-status.ts';
import { compare } from '../order.ts';
import { reasons } from '../reasons.ts';
import { matches } from './membership.ts';
import type { MigrationObservation } from './observation.ts';

/** Names of selected namespaces that are passed over. */
export interface PassedOver {
  /** By the operator's settings, by a name in the spec or by the installation's own label. */
  readonly certain: readonly string[];
  /** Only because an object in them looks like a mesh, which anybody could have made. */
  readonly assumed: readonly string[];
}

/** Who is passed over; a namespace that a wave names is refused with the spec instead. */
export function passedOver(o: MigrationObservation): PassedOver {
  const names = o.namespaces
    .filter((n) => !n.deleting && o.isExcluded(n.name))
    .filter((n) => o.migration.spec.waves.some((wave) => wave.namespaces === undefined && matches(wave, n)))
    .map(({ name }) => name)
    .toSorted(compare);
  const assumed = names.filter((name) => o.isAssumed?.(name) === true);
  return { certain: names.filter((name) => !assumed.includes(name)), assumed };
}

/** What a person reads of them: those that may be a mistake one by one, the others together. */
export function passedOverFailures(o: MigrationObservation): Failure[] {
  const { certain, assumed } = passedOver(o);
  const { remedy } = reasons.NamespacePassedOver;
  const each = assumed.map((namespace): Failure => {
    const message = assumedText([namespace]);
    return { namespace, reason: 'NamespacePassedOver', message, remedy: nameIt };
  });
  if (certain.length === 0) return each;
  const message = `selected by a wave and never moved: ${listOf(certain)}`;
  return [...each, { reason: 'NamespacePassedOver', message, remedy }];
}

/** Why the migration is not at its end; undefined where nobody is passed over by mistake. */
export function passedOverText(o: MigrationObservation): string | undefined {
  const { assumed } = passedOver(o);
  return assumed.length === 0 ? undefined : assumedText(assumed);
}

const nameIt =
  'Name the namespace of the mesh to leave in spec.source: if it is this one, it stays out; otherwise the namespace moves.';

function assumedText(names: readonly string[]): string {
  return `not moved, because something there looks like a mesh: ${listOf(names)}`;
}

function listOf(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}
