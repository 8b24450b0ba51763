// Namespaces that the operator never touches, as far as a plan can know them: those of its own rule, the meshes', and those
// that the flags of the operator's Deployment name. Asks through a source; judges nothing else.

import type { KubeObjectLike, PreflightAnswer } from '../../mesh/adapter.ts';
import { operatorPodLabels } from '../../mesh/facts.ts';
import type { NamesIo } from '../../mesh/names.ts';
import { arrayAt, fieldsAt, listAt } from '../../mesh/pod-parts.ts';

/** What is never touched. */
export interface Exclusions {
  /** Why the operator leaves a namespace alone; undefined where it does not. */
  why(namespace: string): string | undefined;
  /** It is left alone only because something in it looks like a mesh that no person named. */
  isAssumed(namespace: string): boolean;
  /** Where the operator is, or would be; absent where there are several. */
  readonly operatorNamespace?: string;
  /** What could not be known; sentences. */
  readonly notes: readonly string[];
}

const labels = Object.entries(operatorPodLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join();
const usualNamespace = 'meshmigration-system';

/** Reads the operator's flags, and puts them with what the meshes say. */
export async function readExclusions(source: NamesIo, answers: readonly PreflightAnswer[]): Promise<Exclusions> {
  const question = { name: 'operator', group: 'apps', version: 'v1', plural: 'deployments', labelSelector: labels };
  const answer = await source.list(question);
  const operators = answer.kind === 'objects' ? answer.items : [];
  const flagged = new Set(operators.flatMap(excludedBy));
  const found = [...new Set(operators.flatMap(({ metadata }) => metadata?.namespace ?? []))];
  const [operatorNamespace = usualNamespace, another] = found;
  const own = new Set([usualNamespace, ...found]);
  const assumed = new Set(answers.flatMap(({ assumedNamespaces = [] }) => assumedNamespaces));
  const controlPlanes = new Set(answers.flatMap(({ controlPlaneNamespaces }) => controlPlaneNamespaces));
  const always = (namespace: string): string | undefined => {
    if (namespace.startsWith('kube-')) return 'the operator never touches kube-*';
    if (own.has(namespace)) return 'the operator itself is there';
    return flagged.has(namespace) ? 'the operator is told to by --exclude-namespace' : undefined;
  };
  return {
    why: (namespace) =>
      always(namespace) ??
      (assumed.has(namespace)
        ? 'something in it looks like a mesh of this migration'
        : controlPlanes.has(namespace)
          ? 'a mesh of this migration lives there'
          : undefined),
    isAssumed: (namespace) => always(namespace) === undefined && assumed.has(namespace),
    ...(another === undefined && { operatorNamespace }),
    notes: operators.length > 0 ? [] : [unknownFlags(answer.kind === 'error' ? answer.message : undefined)],
  };
}

function unknownFlags(error: string | undefined): string {
  const why = error ?? `there is no Deployment with the labels ${labels}`;
  return `namespaces that --exclude-namespace of the operator names are not known: ${why}`;
}

function excludedBy(deployment: KubeObjectLike): string[] {
  const pod = fieldsAt(fieldsAt(fieldsAt(deployment, 'spec'), 'template'), 'spec');
  const words = listAt(pod, 'containers').flatMap((container) => [
    ...arrayAt(container, 'command'),
    ...arrayAt(container, 'args'),
  ]);
  const texts = words.filter((word) => typeof word === 'string');
  return texts.flatMap((text, i) => {
    if (text === flag) return texts[i + 1] ?? [];
    return text.startsWith(`${flag}=`) ? text.slice(flag.length + 1) : [];
  });
}

const flag = '--exclude-namespace';
