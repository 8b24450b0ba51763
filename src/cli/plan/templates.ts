// Everything with a pod template, read for a plan through a source. Judges nothing.

import type { TemplateKind } from '../../core/observation.ts';
import type { KubeObjectLike, PodTemplate, PreflightQuestion } from '../../mesh/adapter.ts';
import type { NamesIo } from '../../mesh/names.ts';

/** A workload with its template. */
export interface Templated {
  readonly kind: TemplateKind;
  readonly name: string;
  readonly namespace: string;
  readonly template: PodTemplate;
  readonly object: KubeObjectLike;
}

const apps = (plural: string): Omit<PreflightQuestion, 'name'> => ({ group: 'apps', version: 'v1', plural });
const questions: Readonly<Record<TemplateKind, Omit<PreflightQuestion, 'name'>>> = {
  Deployment: apps('deployments'),
  StatefulSet: apps('statefulsets'),
  DaemonSet: apps('daemonsets'),
  CronJob: { group: 'batch', version: 'v1', plural: 'cronjobs' },
};

/** All of them. Throws a sentence where they can't be listed. */
export async function allTemplates(source: NamesIo): Promise<readonly Templated[]> {
  const kinds = Object.keys(questions) as TemplateKind[];
  const lists = await Promise.all(kinds.map((kind) => templatesOf(source, kind)));
  return lists.flat();
}

async function templatesOf(source: NamesIo, kind: TemplateKind): Promise<Templated[]> {
  return (await objectsOf(source, { name: kind, ...questions[kind] })).map((object) => {
    const spec = object['spec'] as { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } } | undefined;
    const { name = '', namespace = '' } = object.metadata ?? {};
    return { kind, name, namespace, object, template: spec?.template ?? spec?.jobTemplate?.spec?.template ?? {} };
  });
}

/** The objects of an answer. Throws a sentence where there is none. */
export async function objectsOf(source: NamesIo, question: PreflightQuestion): Promise<readonly KubeObjectLike[]> {
  const answer = await source.list(question);
  if (answer.kind === 'error') throw new Error(answer.message);
  return answer.items;
}
