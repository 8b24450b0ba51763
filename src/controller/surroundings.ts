// Surroundings: what must be asked rather than watched: meshes, dry runs, proxies. Shared by both reconcilers.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../core/finding.ts';
import type { ClusterFacts } from '../core/observation.ts';
import { worst } from '../core/verdict.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObjectLike, PreflightFacts, Role } from '../mesh/adapter.ts';
import { operatorNamespaceFact } from '../mesh/facts.ts';
import { admissionFindings } from './admission-mode.ts';
import type { AdmissionMode } from './admission-mode.ts';
import { tightBudgets } from './disruption-budgets.ts';
import type { TightBudget } from './disruption-budgets.ts';
import type { DryRun, KeyedPodInput } from './dry-run.ts';
import { tryKeyedPod } from './dry-run.ts';
import { createMemo } from './memo.ts';
import { agesMs, askMeshes, askNamespace } from './preflight-facts.ts';
import type { MeshAnswers } from './preflight-facts.ts';
import { createTriedTemplates } from './tried-templates.ts';

/** Questions to the cluster, with answers kept for some seconds. */
export interface Surroundings {
  meshes(migration: MeshMigration): Promise<MeshAnswers>;
  /** The next answer about the meshes is no older than so many milliseconds: much depends on it. */
  checkAgain(migration: MeshMigration, maximumAgeMs: number): void;
  /** Facts about a namespace, for its workloads' findings; asked again when older than so many milliseconds. */
  namespaceFacts(
    migration: MeshMigration,
    namespace: string,
    maximumAgeMs: number,
  ): Promise<Readonly<Record<Role, PreflightFacts>>>;
  /** Budgets of a namespace that allow no eviction. */
  budgets(namespace: string): Promise<readonly TightBudget[]>;
  /** What admission makes of a keyed pod in the namespace. */
  dryRun(input: Omit<KeyedPodInput, 'client' | 'read'>): Promise<DryRun>;
  /** UID of the workload whose template was tried last in the namespace. */
  triedLast(namespace: string): string | undefined;
  /** No dry run is needed there any more. */
  forgetTried(namespace: string): void;
  /** Everything about meshes and admission that decide wants to know in one namespace. */
  cluster(answers: MeshAnswers, dryRun: DryRun): ClusterFacts;
}

/** What surroundings are asked with. */
export interface SurroundingsOptions {
  client: KubeClient;
  monotonicMs: () => number;
  admission: AdmissionMode;
  /** The operator's own namespace, as far as it is known. */
  ownNamespace: () => KubeObjectLike;
}

/** Surroundings through a client. */
export function createSurroundings(options: SurroundingsOptions): Surroundings {
  const { client, monotonicMs } = options;
  const ageOf = (good: boolean, goodMs: number): number => (good ? goodMs : agesMs.bad);
  const meshes = createMemo<MeshAnswers>(monotonicMs, (a) =>
    ageOf(a.source.kind === 'pass' && a.target.kind === 'pass' && a.findings.length === 0, agesMs.meshes),
  );
  const namespaces = createMemo<Record<Role, PreflightFacts>>(monotonicMs, () => 5 * 60_000);
  const dryRuns = createMemo<DryRun>(monotonicMs, (d) =>
    ageOf(d.target.kind === 'pass' && d.admission.kind === 'pass' && d.findings.length === 0, agesMs.good),
  );
  const tried = createTriedTemplates();
  const budgets = createMemo<readonly TightBudget[]>(monotonicMs, () => 60_000);
  const idOf = (migration: MeshMigration): string => `${migration.metadata.uid}/${migration.metadata.generation}`;
  const self: Surroundings = {
    meshes: (migration) => meshes.get(idOf(migration), () => askAll(migration, options)),
    checkAgain: (migration, maximumAgeMs) => meshes.forgetOlder(idOf(migration), maximumAgeMs),
    budgets: (namespace) => budgets.get(namespace, () => tightBudgets(client, namespace)),
    async namespaceFacts(migration, namespace, maximumAgeMs) {
      const key = `${idOf(migration)}/${namespace}`;
      namespaces.forgetOlder(key, maximumAgeMs);
      const answers = await self.meshes(migration);
      return namespaces.get(key, () => askNamespace(client, migration, namespace, answers));
    },
    dryRun: (input) =>
      dryRuns.get(`${idOf(input.migration)}/${input.namespace}${input.idle ? '/idle' : ''}`, () =>
        tryKeyedPod({ ...input, client, read: (read) => tried.of(read) }),
      ),
    triedLast: (namespace) => tried.last(namespace),
    forgetTried: (namespace) => tried.forget(namespace),
    cluster: (answers, dryRun) => ({
      source: answers.source,
      target: worst([answers.target, dryRun.target]),
      admission: dryRun.admission,
      findings: [...answers.findings, ...dryRun.findings] satisfies Finding[],
    }),
  };
  return self;
}

async function askAll(migration: MeshMigration, { client, admission, ownNamespace }: SurroundingsOptions): Promise<MeshAnswers> {
  const [answers, findings] = await Promise.all([askMeshes(client, migration), admissionFindings(client, admission)]);
  const own = { [operatorNamespaceFact]: { kind: 'objects', items: [ownNamespace()] } } as const;
  const facts = { source: { ...answers.facts.source, ...own }, target: { ...answers.facts.target, ...own } };
  return { ...answers, findings: [...answers.findings, ...findings], facts };
}
