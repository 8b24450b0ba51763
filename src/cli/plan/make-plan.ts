// The plan: what a migration would do to a cluster as it is now, by the operator's own pure code. Asks through a source, writes nothing.

import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import { membershipOf } from '../../core/migration/membership.ts';
import { pass } from '../../core/verdict.ts';
import type { KubeObjectLike, MeshAdapter, PreflightFacts, PreflightQuestion, PodTemplate, Role } from '../../mesh/adapter.ts';
import type { NameLine, NamesAnswer, NamesIo, NamesReading, WantedObject } from '../../mesh/names.ts';
import { adapters } from '../../mesh/registry.ts';

/** What stands in the way of one workload, or nothing. */
export interface PlannedWorkload {
  readonly kind: string;
  readonly name: string;
  readonly moves: boolean;
  readonly why?: string;
  readonly remedy?: string;
}

/** One namespace. */
export interface PlannedNamespace {
  readonly name: string;
  readonly workloads: readonly PlannedWorkload[];
  readonly names: readonly NameLine[];
  /** What would hold it up; sentences. */
  readonly blockers: readonly { readonly message: string; readonly remedy?: string }[];
  /** What is approximate, lost or unknown; sentences. */
  readonly notes: readonly string[];
}

/** The whole plan. */
export interface Plan {
  readonly migration: string;
  readonly blockers: readonly { readonly message: string; readonly remedy?: string }[];
  readonly waves: readonly { readonly name: string; readonly namespaces: readonly PlannedNamespace[] }[];
  /** Everything that would be made for callers, without doubles. */
  readonly objects: readonly WantedObject[];
}

/** Makes it. */
export async function makePlan(migration: MeshMigration, source: NamesIo): Promise<Plan> {
  const { spec } = migration;
  const both = { source: adapters[spec.source.mesh], target: adapters[spec.target.mesh] };
  const facts = {
    source: await askAll(source, both.source.questions(spec, 'source')),
    target: await askAll(source, both.target.questions(spec, 'target')),
  };
  const answers = [both.source.preflight(facts.source, spec, 'source'), both.target.preflight(facts.target, spec, 'target')];
  const excluded = new Set(answers.flatMap((answer) => answer.controlPlaneNamespaces));
  const templates = (await Promise.all(templateQuestions.map((question) => templatesOf(source, question)))).flat();
  const world: World = { migration, source, both, facts, templates, reading: undefined };
  const reading = both.source.names === undefined ? undefined : await both.source.names.read(spec, source);
  const members = membershipOf({
    migration,
    records: [],
    namespaces: (await objectsOf(source, { name: 'namespaces', group: '', version: 'v1', plural: 'namespaces' })).map(summaryOf),
    migrations: new Set([migration.metadata.uid]),
    isExcluded: (name) => name.startsWith('kube-') || name === 'meshmigration-system' || excluded.has(name),
    originalKeys: { labels: [], annotations: [] },
    cluster: { source: pass, target: pass, admission: pass, findings: [] },
    sourceInUse: { status: 'Unknown', reason: 'SourceUseUnknown', message: '' },
  });
  const objects = new Map<string, WantedObject>();
  const waves: Plan['waves'][number][] = [];
  for (const { wave, members: inWave } of members.waves) {
    const namespaces: PlannedNamespace[] = [];
    for (const { name, namespace } of inWave) {
      if (namespace !== undefined) namespaces.push(await planNamespace({ ...world, reading }, name, objects));
    }
    waves.push({ name: wave.name, namespaces });
  }
  const blocking = answers.flatMap(({ verdict, findings }) => [
    ...(verdict.kind === 'pass' ? [] : [{ message: verdict.message }]),
    ...findings.filter(({ severity }) => severity === 'block').map(({ message, remedy }) => ({ message, remedy })),
  ]);
  return { migration: migration.metadata.name, blockers: blocking, waves, objects: [...objects.values()] };
}

interface World {
  readonly migration: MeshMigration;
  readonly source: NamesIo;
  readonly both: Readonly<Record<Role, MeshAdapter>>;
  readonly facts: Readonly<Record<Role, PreflightFacts>>;
  readonly templates: readonly Templated[];
  readonly reading: NamesReading | undefined;
}

interface Templated {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: PodTemplate;
}

const apps = (plural: string, kind: string): PreflightQuestion => ({ name: kind, group: 'apps', version: 'v1', plural });
const templateQuestions: readonly PreflightQuestion[] = [
  apps('deployments', 'Deployment'),
  apps('statefulsets', 'StatefulSet'),
  apps('daemonsets', 'DaemonSet'),
  { name: 'CronJob', group: 'batch', version: 'v1', plural: 'cronjobs' },
];

async function templatesOf(source: NamesIo, question: PreflightQuestion): Promise<Templated[]> {
  return (await objectsOf(source, question)).map((object) => {
    const spec = object['spec'] as { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } } | undefined;
    const { name = '', namespace = '' } = object.metadata ?? {};
    return { kind: question.name, name, namespace, template: spec?.template ?? spec?.jobTemplate?.spec?.template ?? {} };
  });
}

async function planNamespace(world: World, name: string, objects: Map<string, WantedObject>): Promise<PlannedNamespace> {
  const { migration, both, source } = world;
  const own = world.templates.filter(({ namespace }) => namespace === name);
  const roles = ['source', 'target'] as const;
  const asked = await Promise.all(roles.map((role) => askAll(source, both[role].namespaceQuestions(name, migration.spec, role))));
  const facts = { source: { ...world.facts.source, ...asked[0] }, target: { ...world.facts.target, ...asked[1] } };
  const workloads = own
    .filter(({ template }) => both.source.detect(template, migration.spec).state !== 'absent')
    .map((workload) => planWorkload({ ...world, facts }, workload));
  const callers = own.filter(({ template }) => both.source.names?.isCaller(template, migration.spec) === true);
  const answer = callers.length === 0 ? undefined : await world.reading?.answer({ namespace: name, callers });
  const { names = [], notes = [] } = answer ?? {};
  for (const wanted of answer?.wanted ?? []) {
    const { kind, metadata } = wanted.manifest;
    objects.set(`${wanted.how} ${kind} ${metadata.namespace}/${metadata.name}`, wanted);
  }
  return { name, workloads, names, blockers: blockersOf(answer), notes };
}

function blockersOf(answer: NamesAnswer | undefined): PlannedNamespace['blockers'] {
  return answer === undefined || answer.verdict.kind === 'pass' ? [] : [{ message: answer.verdict.message, ...remedyOf(answer) }];
}

function remedyOf({ remedy }: { readonly remedy?: string }): { remedy?: string } {
  return remedy === undefined ? {} : { remedy };
}

function planWorkload({ migration, both, facts }: World, { kind, name, namespace, template }: Templated): PlannedWorkload {
  const workload = { kind, name, namespace, namespaceKeys: { labels: {}, annotations: {} }, template };
  const use = both.source.detect(template, migration.spec).uses.find(({ removedBy }) => removedBy !== 'admission');
  if (use !== undefined) return { kind, name, moves: false, why: `${use.kind} at ${use.place}`, ...remedyOf(use) };
  const findings = (['source', 'target'] as const).flatMap((role) =>
    both[role].workloadFindings(workload, facts[role], migration.spec, role),
  );
  const listed = findings.find(({ severity }) => severity !== 'warn');
  return listed === undefined
    ? { kind, name, moves: true }
    : { kind, name, moves: false, why: listed.message, remedy: listed.remedy };
}

async function askAll(source: NamesIo, questions: readonly PreflightQuestion[]): Promise<PreflightFacts> {
  return Object.fromEntries(
    await Promise.all(questions.map(async (question) => [question.name, await source.list(question)] as const)),
  );
}

async function objectsOf(source: NamesIo, question: PreflightQuestion): Promise<readonly KubeObjectLike[]> {
  const answer = await source.list(question);
  if (answer.kind === 'error') throw new Error(answer.message);
  return answer.items;
}

function summaryOf({ metadata = {} }: KubeObjectLike) {
  const { name = '', labels = {}, annotations = {} } = metadata;
  return { name, uid: name, labels, annotations, deleting: false };
}

/** Something in the plan needs a person before it can be carried out whole. */
export function needsPerson({ blockers, waves }: Plan): boolean {
  return (
    blockers.length > 0 ||
    waves.some(({ namespaces }) => namespaces.some((n) => n.blockers.length > 0 || n.workloads.some(({ moves }) => !moves)))
  );
}
