// The template that a namespace's dry runs are made of, read once: the same one is tried again while it stays as it is.

import type { Fields } from '../core/fields.ts';
import { templateOf } from './dry-run-pod.ts';
import type { DryRunInput } from './dry-run-pod.ts';

/** Templates by namespace. */
export interface TriedTemplates {
  /** UID of the workload that was tried last. */
  last(namespace: string): string | undefined;
  of(input: DryRunInput): Promise<Fields>;
  forget(namespace: string): void;
}

/** No template was read yet. */
export function createTriedTemplates(): TriedTemplates {
  const held = new Map<string, { uid: string; fingerprint: string; template: Fields }>();
  return {
    last: (namespace) => held.get(namespace)?.uid,
    async of(input) {
      const { namespace, workload } = input;
      const known = held.get(namespace);
      if (known !== undefined && known.uid === workload?.uid && known.fingerprint === workload.fingerprint) return known.template;
      const template = await templateOf(input);
      if (workload !== undefined) held.set(namespace, { uid: workload.uid, fingerprint: workload.fingerprint, template });
      return template;
    },
    forget: (namespace) => void held.delete(namespace),
  };
}
