// Linkerd 1 room: whether Linkerd 1 is able to serve as the source, and what a person must do before a workload can
// leave it. Judges objects that somebody else read; asks nothing itself.

import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../../core/finding.ts';
import { fail, pass, unknown } from '../../core/verdict.ts';
import type { Verdict } from '../../core/verdict.ts';
import type {
  KubeObjectLike,
  PreflightAnswer,
  PreflightFacts,
  PreflightQuestion,
  Role,
  WorkloadForPreflight,
} from '../adapter.ts';
import { aboutWorkload, answerTo, itemsIn, nameOf } from '../facts.ts';
import { annotationOf, fieldsAt, numberAt, textAt } from '../pod-parts.ts';
import { detectLinkerd1 } from './detect.ts';
import { placesOf } from './place.ts';
import { sharedVariables } from './shared-variables.ts';
import { ambiguityOf, chooseSource, nameTheSource } from './source.ts';
import type { SourceChoice } from './source.ts';

const daemonSets = 'linkerd1 DaemonSets';
const ingresses = 'ingresses';

/** DaemonSets, of the namespace where it is known. */
export function linkerd1Questions(spec: MeshMigrationSpec): readonly PreflightQuestion[] {
  const { namespace, daemonSet } = spec.source.linkerd1 ?? {};
  return [
    {
      name: daemonSets,
      group: 'apps',
      version: 'v1',
      plural: 'daemonsets',
      ...(namespace !== undefined && { namespace }),
      ...(daemonSet !== undefined && { objectName: daemonSet }),
    },
  ];
}

/** Linkerd 1 serves on every node that its DaemonSet wants. */
export function linkerd1Preflight(facts: PreflightFacts, spec: MeshMigrationSpec, role: Role): PreflightAnswer {
  if (role === 'target') {
    const verdict = fail('UnsupportedTarget', 'Linkerd 1 can only be left: an application would have to be told its proxy');
    return { verdict, findings: [], controlPlaneNamespaces: [] };
  }
  const answer = answerTo(facts, daemonSets);
  if (!answer.known) return { verdict: unknown('SourceNotHealthy', answer.why), findings: [], controlPlaneNamespaces: [] };
  return answerOf(chooseSource(answer.items, spec), spec);
}

/** Ingresses of a namespace, whose class may be Linkerd 1. */
export function linkerd1NamespaceQuestions(namespace: string, role: Role): readonly PreflightQuestion[] {
  if (role === 'target') return [];
  return [{ name: ingresses, group: 'networking.k8s.io', version: 'v1', plural: 'ingresses', namespace }];
}

/** Traffic that enters the namespace through Linkerd 1. */
export function linkerd1NamespaceFindings(namespace: KubeObjectLike, facts: PreflightFacts): readonly Finding[] {
  const through = itemsIn(facts, ingresses, namespace.metadata?.name ?? '').filter(isThroughLinkerd1);
  if (through.length === 0) return [];
  return [
    {
      severity: 'warn',
      reason: 'SourceInUse',
      message: `traffic enters through Linkerd 1 by the Ingress ${through.map(nameOf).join(', ')}`,
      remedy: 'Move it to another ingress controller before Linkerd 1 is taken out of service; moved workloads still answer it.',
    },
  ];
}

/** Uses that keep a workload from leaving: those that only a person can take away, and those that can't be seen. */
export function linkerd1WorkloadFindings(workload: WorkloadForPreflight, spec: MeshMigrationSpec): readonly Finding[] {
  const context = workload.resolve === undefined ? {} : { resolve: workload.resolve };
  const { uses } = detectLinkerd1(workload.template, spec, context);
  const shared = sharedVariables(placesOf(workload.template, spec, context)).map((one) =>
    aboutWorkload(workload, { severity: 'list', reason: 'VariableShared', ...one }),
  );
  const found = uses.flatMap((use): Finding[] => {
    if (use.removedBy === 'admission') return [];
    const { remedy = 'Take it out of the template.' } = use;
    return [
      use.removedBy === 'person'
        ? aboutWorkload(workload, {
            severity: 'list',
            reason: 'SourceNeedsPerson',
            message: `Linkerd 1 is used in ${use.place}`,
            remedy,
          })
        : aboutWorkload(workload, {
            severity: 'list',
            reason: 'SourceUnknown',
            message: `whether Linkerd 1 is used can't be seen in ${use.place}`,
            remedy,
          }),
    ];
  });
  return [...found, ...shared];
}

function answerOf(choice: SourceChoice, spec: MeshMigrationSpec): PreflightAnswer {
  switch (choice.kind) {
    case 'none':
      return { verdict: missing(spec), findings: [], controlPlaneNamespaces: [] };
    case 'chosen': {
      const { sets, namespace } = choice;
      const assumed = spec.source.linkerd1?.namespace === undefined && { assumedNamespaces: [namespace] };
      const installations = sets.map(nameOf);
      const controlPlaneNamespaces = [namespace];
      return { verdict: healthOfAll(sets), findings: beside(sets), controlPlaneNamespaces, installations, ...assumed };
    }
    case 'ambiguous':
      // No namespace is taken for a control plane's on the word of an object that anybody could have made.
      return { verdict: undecided(choice.sets), findings: [ambiguity(choice.sets)], controlPlaneNamespaces: [] };
  }
}

function missing(spec: MeshMigrationSpec): Verdict {
  const { namespace, daemonSet } = spec.source.linkerd1 ?? {};
  const named = daemonSet === undefined ? 'with an image linkerd:1.x' : `named ${daemonSet}`;
  return fail(
    'SourceNotHealthy',
    `no DaemonSet ${named}${namespace === undefined ? '' : ` in ${namespace}`}; set spec.source.linkerd1.namespace and daemonSet`,
  );
}

function healthOfAll(sets: readonly KubeObjectLike[]): Verdict {
  return sets.map(healthOf).find((verdict) => verdict.kind !== 'pass') ?? pass;
}

// Whichever it is serves, or it can't be told whether the one to go back into does.
function undecided(sets: readonly KubeObjectLike[]): Verdict {
  const health = healthOfAll(sets);
  if (health.kind === 'pass') return pass;
  return unknown('SourceNotHealthy', `${ambiguityOf(sets)}, and ${health.message}. ${nameTheSource}`);
}

function healthOf(object: KubeObjectLike): Verdict {
  const status = fieldsAt(object, 'status');
  const desired = numberAt(status, 'desiredNumberScheduled');
  const ready = numberAt(status, 'numberReady');
  if (desired === undefined || ready === undefined)
    return unknown('SourceNotHealthy', `DaemonSet ${nameOf(object)} has no status yet`);
  const generation = numberAt(fieldsAt(object, 'metadata'), 'generation');
  if (generation !== undefined && (numberAt(status, 'observedGeneration') ?? -1) < generation)
    return unknown('SourceNotHealthy', `DaemonSet ${nameOf(object)} was changed, and its status is from before that`);
  if (desired === 0) return fail('SourceNotHealthy', `DaemonSet ${nameOf(object)} runs on no node`);
  return ready < desired ? fail('SourceNotHealthy', `DaemonSet ${nameOf(object)}: ${ready} of ${desired} pods are Ready`) : pass;
}

function ambiguity(sets: readonly KubeObjectLike[]): Finding {
  return { severity: 'block', reason: 'SourceAmbiguous', message: ambiguityOf(sets), remedy: nameTheSource };
}

// Of one namespace, so of one owner: for example one for each kind of node.
function beside(sets: readonly KubeObjectLike[]): readonly Finding[] {
  if (sets.length < 2) return [];
  return [
    {
      severity: 'warn',
      reason: 'SourceAmbiguous',
      message: `more than one DaemonSet runs Linkerd 1: ${sets.map(nameOf).join(', ')}`,
      remedy: `${nameTheSource} Until then all of them must be healthy.`,
    },
  ];
}

function isThroughLinkerd1(ingress: KubeObjectLike): boolean {
  const byAnnotation = annotationOf(ingress, 'kubernetes.io/ingress.class');
  const byField = textAt(fieldsAt(ingress, 'spec'), 'ingressClassName');
  return byAnnotation === 'linkerd' || byField === 'linkerd';
}
