// Uses of the source that only a person can take away. Pure.

import type { Finding } from '../finding.ts';
import type { Membership } from '../observation.ts';

/** The first of them, as a finding: a trace that admission can't take away would stay in the pod. */
export function personUses({ uses }: Membership): Finding[] {
  const use = uses.find(({ removedBy }) => removedBy !== 'admission');
  if (use === undefined) return [];
  const reason = use.removedBy === 'person' ? 'SourceNeedsPerson' : 'SourceUnknown';
  const message = `${use.kind} at ${use.place}`;
  return [{ severity: 'list', reason, message, remedy: use.remedy ?? `Look at ${use.place}.` }];
}
