/**
 * Creates objects of mixed kinds, for stand-ins that install something. It knows the handful of kinds that stand-ins need.
 */
import type { KubeClient } from '../../src/kube/client.ts';
import { KubeError } from '../../src/kube/kube-error.ts';
import type { Manifest } from '../../src/kube/object.ts';
import * as kinds from '../../src/kube/resource-kind.ts';
import type { ResourceKind } from '../../src/kube/resource-kind.ts';

const core = (plural: string, kind: string): ResourceKind => ({ group: '', version: 'v1', plural, kind, namespaced: true });

/** Kinds that only stand-ins write. */
export const SERVICE_ACCOUNT = core('serviceaccounts', 'ServiceAccount');
/** The old event API, which Linkerd's injector uses. */
export const CORE_EVENT = core('events', 'Event');

const known: readonly ResourceKind[] = [
  SERVICE_ACCOUNT,
  kinds.NAMESPACE,
  kinds.POD,
  kinds.SERVICE,
  kinds.CONFIG_MAP,
  kinds.DEPLOYMENT,
  kinds.STATEFUL_SET,
  kinds.DAEMON_SET,
  kinds.CRON_JOB,
  kinds.JOB,
  kinds.MUTATING_WEBHOOK_CONFIGURATION,
];

/** The resource that a manifest's `kind` means. Throws for a kind that no stand-in creates. */
export function resourceOf(manifest: { readonly kind?: string | undefined }): ResourceKind {
  const kind = known.find((candidate) => candidate.kind === manifest.kind);
  if (kind === undefined)
    throw new Error(`kind ${String(manifest.kind)} is not known to the stand-ins; add it to api-objects.ts`);
  return kind;
}

/** Creates the objects one after the other; one that exists already is left as it is. */
export async function createAll(client: Pick<KubeClient, 'create'>, manifests: readonly Manifest[]): Promise<void> {
  for (const manifest of manifests) {
    try {
      await client.create(resourceOf(manifest), manifest);
    } catch (error) {
      if (!(error instanceof KubeError && error.kind === 'alreadyExists')) throw error;
    }
  }
}
