// Everything with a pod template, and answers to what meshes ask, read for a plan through a source. Judges nothing.

import type { TemplateKind } from '../../core/observation.ts';
import type { KubeObjectLike, PodTemplate, PreflightFacts, PreflightQuestion } from '../../mesh/adapter.ts';
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

/** The kinds that have one. */
export const templateKinds = Object.keys(questions) as readonly TemplateKind[];

/** All of them. Throws a sentence where they can't be listed. */
export async function allTemplates(source: NamesIo): Promise<readonly Templated[]> {
  const lists = await Promise.all(templateKinds.map((kind) => templatesOf(source, kind)));
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

/** The answers to questions, by their names. */
export async function answersTo(source: NamesIo, asked: readonly PreflightQuestion[]): Promise<PreflightFacts> {
  return Object.fromEntries(await Promise.all(asked.map(async (one) => [one.name, await source.list(one)] as const)));
}
