// What can be asked about a source mesh's configuration without a cluster, under names that tell no mesh. For the kubectl
// plugin, which knows none; it adds nothing of its own.

export { describeFinding } from './linkerd1/config/finding.ts';
export type { ConfigFinding } from './linkerd1/config/finding.ts';
export type { FsDirectory } from './linkerd1/dtab/configured-namers.ts';
export { delegateOffline } from './linkerd1/translate/delegate-offline.ts';
export type { OfflineQuestion } from './linkerd1/translate/delegate-offline.ts';
export type { Fate, MappingClass } from './linkerd1/translate/mapping.ts';
export type { FieldReport } from './linkerd1/translate/report-fields.ts';
export { looksLikeDtab } from './linkerd1/dtab/parse.ts';
export { translateConfig } from './linkerd1/translate/translate-config.ts';
export type { ConfigTranslation, RouterTranslation } from './linkerd1/translate/translate-config.ts';

/** Names of files and things, as users of the mesh that is left call them; for help texts. */
export const offlineWords = {
  configuration: 'a linkerd.yaml, or what /config.json of Linkerd 1 answers',
  tree: '/delegator.json of Linkerd 1',
} as const;
