// None room: being in no mesh. Leaving it changes nothing, joining it needs nothing; what it shows depends on the side
// of the move on which it stands.

import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import { noTransform } from '../../core/transform.ts';
import { pass } from '../../core/verdict.ts';
import type { MeshAdapter } from '../adapter.ts';

/** No mesh: as a target every pod is in it, as a source no pod is still in it. */
export const none: MeshAdapter = {
  mesh: 'None',
  roles: ['source', 'target'],
  detect: (_template, spec) => ({ state: stateOf(spec), uses: [] }),
  join: noTransform('none'),
  leave: noTransform('none'),
  joinedWhen: { kind: 'always' },
  namespaceDefault: { labels: {}, annotations: {} },
  controlPlaneNamespaceLabels: {},
  serviceAnnotations: [],
  routeResources: [],
  optsOut: () => false,
  settings: () => ({}),
  expectations: (_pod, spec) => ({ state: stateOf(spec), reason: 'no mesh is asked for' }),
  questions: () => [],
  preflight: () => ({ verdict: pass, findings: [], controlPlaneNamespaces: [] }),
  namespaceQuestions: () => [],
  namespaceFindings: () => [],
  workloadFindings: () => [],
};

function stateOf(spec: MeshMigrationSpec): 'present' | 'absent' {
  return spec.target.mesh === 'None' ? 'present' : 'absent';
}
