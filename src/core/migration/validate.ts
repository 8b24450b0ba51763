// What only the controller can know to be wrong with a spec. The rest is refused by the API server. Pure.

import type { Membership } from './membership.ts';
import type { MigrationObservation } from './observation.ts';
import type { Reason } from '../reasons.ts';

/** What is wrong, with field and value, and how to mend it. */
export interface SpecProblem {
  reason: Reason;
  message: string;
  remedy: string;
}

/** The first problem of the spec; undefined when it can be carried out. */
export function specProblem(o: MigrationObservation, membership: Membership): SpecProblem | undefined {
  return unknownApproval(o) ?? excludedNamespace(o) ?? lostWave(membership);
}

function unknownApproval(o: MigrationObservation): SpecProblem | undefined {
  const { advanceThrough, waves } = o.migration.spec;
  if (advanceThrough === undefined || waves.some((w) => w.name === advanceThrough)) return undefined;
  const names = waves.map((w) => w.name).join(', ');
  return {
    reason: 'InvalidSpec',
    message: `spec.advanceThrough: "${advanceThrough}" names no wave`,
    remedy: `Name one of: ${names}.`,
  };
}

function excludedNamespace(o: MigrationObservation): SpecProblem | undefined {
  for (const [i, wave] of o.migration.spec.waves.entries()) {
    const name = wave.namespaces?.find((n) => o.isExcluded(n));
    if (name === undefined) continue;
    const assumed = o.isAssumed?.(name) === true;
    const why = assumed ? 'has something that looks like the source mesh' : 'is a namespace that the operator never touches';
    const message = `spec.waves[${i}].namespaces: "${name}" ${why}`;
    const otherwise = assumed ? ', or name the namespace of the source mesh in spec.source' : '';
    return { reason: 'ExcludedNamespace', message, remedy: `Take "${name}" out of wave "${wave.name}"${otherwise}.` };
  }
  return undefined;
}

// A wave was renamed or removed after it had started: its members would belong nowhere.
function lostWave(membership: Membership): SpecProblem | undefined {
  const lost = membership.waves.find((w) => w.lost === true);
  if (lost === undefined) return undefined;
  const { name } = lost.wave;
  const message = `spec.waves: wave "${name}" has started with namespace "${lost.members[0]?.name ?? ''}" and is no longer there`;
  return { reason: 'InvalidSpec', message, remedy: `Put the wave "${name}" back.` };
}
