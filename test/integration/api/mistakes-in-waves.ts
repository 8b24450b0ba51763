// Bad input about meshes and waves, each with the field and the words of the answer.

import { selecting, waves } from './manifests.ts';
import { oneOf, wave, type Mistake } from './mistake.ts';

const either = /has no namespaces; give either namespaces or namespaceSelector/;

/** Which mesh to leave and which to join. */
export const meshes: Mistake[] = [
  [
    'a mesh that does not exist',
    { source: { mesh: 'Istoi' } },
    'spec.source.mesh',
    oneOf('Istoi', 'Linkerd1', 'Linkerd2', 'None'),
  ],
  [
    'a mesh in lower case',
    { target: { mesh: 'linkerd2' } },
    'spec.target.mesh',
    oneOf('linkerd2', 'Linkerd1', 'Linkerd2', 'None'),
  ],
  [
    'a mesh that can only be left as target',
    { source: { mesh: 'None' }, target: { mesh: 'Linkerd1' } },
    'spec.target.mesh',
    /target\.mesh: Linkerd1 can only be left, not joined; set target\.mesh to Linkerd2 or None/,
  ],
  ['no mesh to leave', { source: {} }, 'spec.source.mesh', /Required value/],
  ['no target', { target: undefined }, 'spec.target', /Required value/],
  [
    'one mesh as source and target',
    { source: { mesh: 'Linkerd2' } },
    'spec.target.mesh',
    /both Linkerd2; name the mesh to leave in source/,
  ],
  [
    'settings of Linkerd 1 for another source',
    { source: { mesh: 'None', linkerd1: { adminPort: 9990 } } },
    'spec.source.linkerd1',
    /source\.mesh is None, and source\.linkerd1 is only for Linkerd1; remove it/,
  ],
  [
    'settings of Linkerd 2 for another target',
    { target: { mesh: 'None', linkerd2: { namespace: 'linkerd' } } },
    'spec.target.linkerd2',
    /target\.mesh is None, and target\.linkerd2 is only for Linkerd2; remove it/,
  ],
  [
    'a port that does not exist',
    { source: { mesh: 'Linkerd1', linkerd1: { proxyPorts: [70000] } } },
    'spec.source.linkerd1.proxyPorts[0]',
    /70000.*less than or equal to 65535/,
  ],
  [
    'port 0',
    { source: { mesh: 'Linkerd1', linkerd1: { adminPort: 0 } } },
    'spec.source.linkerd1.adminPort',
    /Invalid value: 0.*greater than or equal to 1/,
  ],
  [
    'one port twice',
    { source: { mesh: 'Linkerd1', linkerd1: { proxyPorts: [4140, 4140] } } },
    'spec.source.linkerd1.proxyPorts[1]',
    /Duplicate value: 4140/,
  ],
  [
    'an address of namerd without a scheme',
    { source: { mesh: 'Linkerd1', linkerd1: { namerd: 'namerd:4180' } } },
    'spec.source.linkerd1.namerd',
    /namerd:4180 is no address: begin with http:\/\//,
  ],
];

/** Waves, the namespaces of a wave, and approval. */
export const wavesAndSelectors: Mistake[] = [
  ['no waves', { waves: undefined }, 'spec.waves', /Required value/],
  ['an empty list of waves', { waves: [] }, 'spec.waves', /should have at least 1 items/],
  ['51 waves', { waves: waves(51) }, 'spec.waves', /Too many: 51: must have at most 50 items/],
  ['two waves of one name, by value', { waves: [...waves(1), ...waves(1)] }, 'spec.waves[1]', /Duplicate value: .*"wave-0"/],
  [
    'two waves of one name, with the fix',
    { waves: [...waves(1), ...waves(1)] },
    'spec.waves',
    /give each wave a name of its own/,
  ],
  ['a wave without a name', { waves: [{ namespaces: ['shop'] }] }, 'spec.waves[0].name', /Required value/],
  [
    'a wave name with capitals',
    wave({ name: 'Canary' }),
    'spec.waves[0].name',
    /Canary is no wave name: use lower case letters, digits and dashes/,
  ],
  ['a wave name of 64 characters', wave({ name: 'a'.repeat(64) }), 'spec.waves[0].name', /may not be more than 63/],
  ['a wave with neither names nor a selector', { waves: [{ name: 'all' }] }, 'spec.waves[0]', either],
  [
    'a wave with both names and a selector',
    wave({ namespaceSelector: {} }),
    'spec.waves[0]',
    /has both namespaces and namespaceSelector; remove one/,
  ],
  ['an empty list of namespaces', wave({ namespaces: [] }), 'spec.waves[0].namespaces', /should have at least 1 items/],
  ['a namespace named twice', wave({ namespaces: ['shop', 'shop'] }), 'spec.waves[0].namespaces[1]', /Duplicate value: "shop"/],
  [
    'a name that no namespace can have',
    wave({ namespaces: ['shop.eu'] }),
    'spec.waves[0].namespaces[0]',
    /Invalid value: "shop\.eu".*should match '\^\[a-z0-9\]/,
  ],
  [
    '1001 namespaces in a wave',
    wave({ namespaces: Array.from({ length: 1001 }, (_, i) => `n${i}`) }),
    'spec.waves[0].namespaces',
    /Too many: 1001: must have at most 1000/,
  ],
  [
    'an operator that selectors do not have',
    selecting({ key: 'team', operator: 'Equals' }),
    'spec.waves[0].namespaceSelector.matchExpressions[0].operator',
    oneOf('Equals', 'In', 'NotIn', 'Exists', 'DoesNotExist'),
  ],
  [
    'In without values',
    selecting({ key: 'team', operator: 'In' }),
    'spec.waves[0].namespaceSelector.matchExpressions[0]',
    /operator In for team needs at least one entry in values/,
  ],
  [
    'NotIn with an empty list',
    selecting({ key: 'team', operator: 'NotIn', values: [] }),
    'spec.waves[0].namespaceSelector.matchExpressions[0]',
    /operator NotIn for team needs at least one/,
  ],
  [
    'Exists with values',
    selecting({ key: 'team', operator: 'Exists', values: ['a'] }),
    'spec.waves[0].namespaceSelector.matchExpressions[0]',
    /operator Exists for team takes no values; remove them/,
  ],
  [
    'a label key with a space',
    selecting({ key: 'my team', operator: 'Exists' }),
    'spec.waves[0].namespaceSelector.matchExpressions[0].key',
    /Invalid value: "my team".*should match/,
  ],
  [
    'a label value with a space',
    { waves: [{ name: 'all', namespaceSelector: { matchLabels: { team: 'a b' } } }] },
    'spec.waves[0].namespaceSelector.matchLabels.team',
    /Invalid value: "a b".*should match/,
  ],
  [
    'approval of a wave that does not exist',
    { advanceThrough: 'canery' },
    'spec.advanceThrough',
    /names no wave: canery; use the name of one of spec\.waves/,
  ],
  ['an empty approval', { advanceThrough: '' }, 'spec.advanceThrough', /at least 1 chars long/],
];
