// What the mesh that is left says of names, for a plan; looked at twice where something can be asked: counters only ever grow, and which of
// them do now takes two looks.

import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import { follow } from '../../core/traffic.ts';
import type { MeshAdapter } from '../../mesh/adapter.ts';
import type { NamesIo, NamesReading } from '../../mesh/names.ts';

/** How to look a second time. */
export interface SecondLook {
  readonly pause: () => Promise<void>;
  readonly wallMs: () => number;
}

/** What was read, and which names moved meanwhile. */
export interface ReadNames {
  readonly reading?: NamesReading;
  readonly moved?: ReadonlyMap<string, number>;
}

/** Reads. Nothing where the mesh has no names of its own. */
export async function readNames(
  spec: MeshMigrationSpec,
  { names }: MeshAdapter,
  { source, again }: { source: NamesIo; again: SecondLook | undefined },
): Promise<ReadNames> {
  if (names === undefined) return {};
  const first = await names.read(spec, source);
  if (again === undefined || typeof first.traffic === 'string') return { reading: first };
  const log = follow(undefined, first.traffic, again.wallMs());
  await again.pause();
  const second = await names.read(spec, source);
  if (typeof second.traffic === 'string') return { reading: second };
  return { reading: second, moved: follow(log, second.traffic, again.wallMs()).moved };
}
