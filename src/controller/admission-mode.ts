// --admission: which of the two mechanisms a platform engineer insists on. Whether one acts is shown by a dry run alone;
// here only its being installed is asked.

import type { Finding } from '../core/finding.ts';
import type { KubeReader } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import { MUTATING_ADMISSION_POLICY_BINDING, MUTATING_WEBHOOK_CONFIGURATION } from '../kube/resource-kind.ts';

/** auto: whatever acts is good. */
export type AdmissionMode = 'auto' | 'policy' | 'webhook';

const wanted = {
  policy: { kind: MUTATING_ADMISSION_POLICY_BINDING, name: 'meshmigration-join-', folder: 'config/admission' },
  webhook: { kind: MUTATING_WEBHOOK_CONFIGURATION, name: '00-meshmigration', folder: 'config/admission/webhook' },
} as const;

/** A finding when the mechanism insisted on is not installed. */
export async function admissionFindings(client: KubeReader, mode: AdmissionMode): Promise<readonly Finding[]> {
  if (mode === 'auto') return [];
  const { kind, name, folder } = wanted[mode];
  const missing = (message: string): Finding[] => [
    {
      severity: 'block',
      reason: 'AdmissionNotActive',
      message,
      remedy: `Install ${folder}, or start the operator with --admission=auto.`,
    },
  ];
  try {
    const { items } = await client.list(kind, { metadataOnly: true });
    const found = items.some((item) => item.metadata.name.startsWith(name));
    return found ? [] : missing(`the operator runs with --admission=${mode}, and no ${kind.kind} named ${name}… is installed`);
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return missing(`the operator runs with --admission=${mode}, and ${kind.plural} could not be listed: ${error.message}`);
  }
}
