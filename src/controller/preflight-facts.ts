// Preflight facts: the questions that meshes ask the cluster, and what their answers mean for a migration and a namespace.
// Lists are live; an answer is kept for some seconds, a bad one shorter. What can't be read is an error in the facts.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../core/finding.ts';
import type { Verdict } from '../core/verdict.ts';
import { unknown } from '../core/verdict.ts';
import type { KubeReader } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import type { Unstructured } from '../kube/object.ts';
import type { KubeObjectLike, MeshAdapter, PreflightFact, PreflightFacts, PreflightQuestion, Role } from '../mesh/adapter.ts';
import { adapters, sharedNamespaceFindings } from '../mesh/registry.ts';

/** What both meshes say of the cluster. */
export interface MeshAnswers {
  source: Verdict;
  target: Verdict;
  findings: readonly Finding[];
  /** Namespaces in which a control plane lives. */
  controlPlaneNamespaces: readonly string[];
  /** Those of them that no person named. */
  assumedNamespaces: readonly string[];
  /** What serves as the source, as namespace/name. */
  sourceInstallations: readonly string[];
  facts: Readonly<Record<Role, PreflightFacts>>;
}

/** The adapters of a migration. */
export function adaptersOf(migration: Pick<MeshMigration, 'spec'>): Readonly<Record<Role, MeshAdapter>> {
  return { source: adapters[migration.spec.source.mesh], target: adapters[migration.spec.target.mesh] };
}

/** Asks the cluster what the meshes of a migration want to know. */
export async function askMeshes(client: KubeReader, migration: MeshMigration): Promise<MeshAnswers> {
  const { spec } = migration;
  const both = adaptersOf(migration);
  const [source, target] = await Promise.all(
    (['source', 'target'] as const).map((role) => ask(client, both[role].questions(spec, role))),
  );
  const facts = { source: source ?? {}, target: target ?? {} };
  const answers = {
    source: both.source.preflight(facts.source, spec, 'source'),
    target: both.target.preflight(facts.target, spec, 'target'),
  };
  return {
    source: answers.source.verdict,
    target: answers.target.verdict,
    findings: [
      ...answers.source.findings,
      ...answers.target.findings,
      ...sharedNamespaceFindings(answers.source, answers.target),
    ],
    controlPlaneNamespaces: [...answers.source.controlPlaneNamespaces, ...answers.target.controlPlaneNamespaces],
    assumedNamespaces: [...(answers.source.assumedNamespaces ?? []), ...(answers.target.assumedNamespaces ?? [])],
    sourceInstallations: answers.source.installations ?? [],
    facts,
  };
}

/** Asks what the meshes want to know about one namespace; the answers join those about the cluster. */
export async function askNamespace(
  client: KubeReader,
  migration: MeshMigration,
  namespace: string,
  answers: MeshAnswers,
): Promise<Record<Role, PreflightFacts>> {
  const both = adaptersOf(migration);
  const roles = ['source', 'target'] as const;
  const [source, target] = await Promise.all(
    roles.map((role) => ask(client, both[role].namespaceQuestions(namespace, migration.spec, role))),
  );
  return { source: { ...answers.facts.source, ...source }, target: { ...answers.facts.target, ...target } };
}

async function ask(client: KubeReader, questions: readonly PreflightQuestion[]): Promise<PreflightFacts> {
  const all = async (some: readonly PreflightQuestion[]): Promise<PreflightFacts> =>
    Object.fromEntries(await Promise.all(some.map(async (one) => [one.name, await askCluster(client, one)] as const)));
  const first = await all(questions.filter(({ onlyBeside }) => onlyBeside === undefined));
  const later = questions.filter(({ onlyBeside }) => onlyBeside !== undefined);
  const wanted = later.filter(({ onlyBeside }) => onlyBeside?.some((name) => !isEmpty(first[name])) === true);
  const needless = later.filter((question) => !wanted.includes(question));
  return { ...first, ...(await all(wanted)), ...Object.fromEntries(needless.map(({ name }) => [name, nothing])) };
}

const nothing: PreflightFact = { kind: 'objects', items: [] };

function isEmpty(fact: PreflightFact | undefined): boolean {
  return fact?.kind === 'objects' && fact.items.length === 0;
}

// Which field is whose is half of many an object, and no mesh asks for it.
function withoutFieldOwners(object: Unstructured): KubeObjectLike {
  const metadata = Object.entries(object.metadata).filter(([field]) => field !== 'managedFields');
  return { ...object, metadata: Object.fromEntries(metadata) };
}

/** Asks one question; what can't be read is an error in the answer. */
export async function askCluster(client: KubeReader, question: PreflightQuestion): Promise<PreflightFact> {
  const { group, version, plural, namespace, labelSelector, objectName } = question;
  const kind = { group, version, plural, kind: plural, namespaced: namespace !== undefined };
  const fieldSelector = objectName === undefined ? undefined : `metadata.name=${objectName}`;
  try {
    return { kind: 'objects', items: await client.listOf(kind, withoutFieldOwners, { namespace, labelSelector, fieldSelector }) };
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return { kind: 'error', message: `${plural} could not be listed: ${error.message}` };
  }
}

/**
 * Milliseconds that an answer is good for; bad news is looked at again sooner. About meshes as a whole it may be older: dry runs
 * show in between that the target is able, and the source is asked again before anything goes back into it.
 */
export const agesMs = { good: 15_000, meshes: 30_000, bad: 2_000 } as const;

/** Milliseconds that an answer about the meshes is good for where it leads back. */
export const goodToGoBackMs = 1_000;

/** Nothing was asked yet. */
export const notAsked: Verdict = unknown('NotAsked', 'not looked at yet');
