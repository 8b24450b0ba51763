// Linkerd 1 room: every use of Linkerd 1 in a pod template, with its place, its kind and who can take it away. Pure and
// total: no template makes it throw. What only counters or headers could show is not looked for here.

import { keys } from '../../api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import type { Expectation, Membership, MeshUse } from '../../core/observation.ts';
import type { DetectContext, PodTemplate } from '../adapter.ts';
import { commandLineOf, textAt } from '../pod-parts.ts';
import { findAddresses } from './addresses.ts';
import { envUses } from './env-uses.ts';
import { isLinkerd1Image, placesOf, proxyPortsOf } from './place.ts';
import type { Place } from './place.ts';
import { envFromUses, fileUses, variablesToOverride } from './reference-uses.ts';
import { defaultProxyPort, proxyMatch, redirectingInitContainer } from './transform.ts';

/** Where a template stands with regard to Linkerd 1. */
export function detectLinkerd1(template: PodTemplate, spec: MeshMigrationSpec, context: DetectContext = {}): Membership {
  const places = placesOf(template, spec, context);
  const uses = [
    ...places.flatMap((place) => [...containerUses(place), ...envUses(place), ...envFromUses(place), ...argumentUses(place)]),
    ...fileUses(template, places),
  ];
  if (uses.some((use) => use.removedBy !== 'unknown')) return { state: 'present', uses };
  return { state: uses.length > 0 ? 'unknown' : 'absent', uses };
}

/** What a live pod shows of Linkerd 1. An override for a variable of a ConfigMap counts once it is in the pod. */
export function linkerd1Expectation(pod: PodTemplate, spec: MeshMigrationSpec, context: DetectContext = {}): Expectation {
  const { state, uses } = detectLinkerd1(pod, spec, context);
  const places = uses.map((use) => use.place).join(', ');
  switch (state) {
    case 'present':
      return { state, reason: `Linkerd 1 is used in ${places}` };
    case 'absent':
      return { state, reason: 'no trace of Linkerd 1' };
    case 'unknown':
      return { state, reason: `whether Linkerd 1 is used can't be seen in ${places}` };
  }
}

/** Template keys that tell admission what differs from the defaults. */
export function linkerd1Settings(
  spec: MeshMigrationSpec,
  template: PodTemplate,
  context: DetectContext = {},
): Readonly<Record<string, string>> {
  const ports = proxyPortsOf(spec);
  const variables = [...new Set(placesOf(template, spec, context).flatMap(variablesToOverride))].sort();
  return {
    ...(ports.join() !== String(defaultProxyPort) && { [proxyMatch.portsKey]: ports.join() }),
    ...(variables.length > 0 && { [keys.linkerd1Variables]: variables.join() }),
  };
}

function containerUses(place: Place): MeshUse[] {
  const { placed, path } = place;
  const image = textAt(placed.container, 'image');
  if (placed.list === 'initContainers' && placed.name === redirectingInitContainer)
    return [{ kind: 'InitContainer', place: path, removedBy: 'admission' }];
  if (placed.list === 'initContainers' && /(^|\/)linkerd\/istio-init(:|@|$)/.test(image ?? '')) {
    const remedy = `take the init container ${placed.name} out of the template, or name it ${redirectingInitContainer}`;
    return [{ kind: 'InitContainer', place: path, removedBy: 'person', remedy }];
  }
  if (!isLinkerd1Image(image)) return [];
  const remedy = `take the container ${placed.name} (${image ?? ''}) and what points at it out of the template`;
  return [{ kind: 'Sidecar', place: path, removedBy: 'person', remedy }];
}

function argumentUses(place: Place): MeshUse[] {
  return commandLineOf(place.placed.container).flatMap(({ place: where, text }) => {
    const [first] = findAddresses(text, place.addresses);
    if (first === undefined) return [];
    return [
      {
        kind: first.kind === 'JvmFlag' ? 'JvmFlag' : 'Argument',
        place: `${place.path}.${where}`,
        removedBy: 'person' as const,
        remedy: `take ${first.text} out of ${place.path}.${where} and call the Service directly`,
      },
    ];
  });
}
