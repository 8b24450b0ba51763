// Whether a rule of a NetworkPolicy admits pods of which not everything is known. What depends on the unknown is doubtful,
// never guessed. Knows no mesh.

import { selects } from './label-selector.ts';
import { fieldsAt, listAt, textAt } from './pod-parts.ts';
import type { Fields } from './pod-parts.ts';

/** Pods at the other end. */
export interface OtherEnd {
  /** Their namespace; absent where it is not known, but for not being that of the policy. */
  namespace?: string;
  /** All labels of their namespace; absent where only its name is known. */
  namespaceLabels?: Readonly<Record<string, string>>;
  /** Labels that they have for certain; they may have others. */
  podLabels: Readonly<Record<string, string>>;
}

/** Best first: of several ways in the best one counts, of several conditions the worst. */
const answers = ['yes', 'maybe', 'no'] as const;

/** They are admitted, may be, or certainly are not. */
export type Admits = (typeof answers)[number];

/** The best of several ways in; no where there is none. */
export function best(ways: readonly Admits[]): Admits {
  return answers.find((answer) => ways.includes(answer)) ?? 'no';
}

function worst(conditions: readonly Admits[]): Admits {
  return answers.findLast((answer) => conditions.includes(answer)) ?? 'yes';
}

/** Whether one of a rule's peers admits them; a rule without peers admits everybody. */
export function admits(peers: readonly Fields[], policyNamespace: string, end: OtherEnd): Admits {
  return peers.length === 0 ? 'yes' : best(peers.map((peer) => peerAdmits(peer, policyNamespace, end)));
}

// Whether a range of addresses holds pods at all differs between network plugins.
function peerAdmits(peer: Fields, policyNamespace: string, end: OtherEnd): Admits {
  if (fieldsAt(peer, 'ipBlock') !== undefined) return 'maybe';
  const [namespaces, pods] = [fieldsAt(peer, 'namespaceSelector'), fieldsAt(peer, 'podSelector')];
  const place = namespaces === undefined ? yesIf(end.namespace === policyNamespace) : selectsNamespace(namespaces, end);
  return worst([
    place,
    pods === undefined ? 'yes' : selectsKnown(pods, end.podLabels, (key) => Object.hasOwn(end.podLabels, key)),
  ]);
}

/** Label that every namespace has, with its name. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

function selectsNamespace(selector: Fields, { namespace, namespaceLabels }: OtherEnd): Admits {
  const name = namespace === undefined ? {} : { [namespaceNameLabel]: namespace };
  const isKnown = (key: string): boolean =>
    namespace !== undefined && (namespaceLabels !== undefined || key === namespaceNameLabel);
  return selectsKnown(selector, { ...namespaceLabels, ...name }, isKnown);
}

function selectsKnown(selector: Fields, labels: Readonly<Record<string, string>>, isKnown: (key: string) => boolean): Admits {
  const conditions = [
    ...Object.entries(fieldsAt(selector, 'matchLabels') ?? {}).map(([key, value]) => ({
      key,
      alone: { matchLabels: { [key]: value } },
    })),
    ...listAt(selector, 'matchExpressions').map((one) => ({ key: textAt(one, 'key') ?? '', alone: { matchExpressions: [one] } })),
  ];
  return worst(conditions.map(({ key, alone }) => (isKnown(key) ? yesIf(selects(alone, labels)) : 'maybe')));
}

function yesIf(is: boolean): Admits {
  return is ? 'yes' : 'no';
}
