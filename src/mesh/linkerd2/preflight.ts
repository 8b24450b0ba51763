// Linkerd 2 room: whether Linkerd 2 is able to serve, and whether a namespace can be in it. Judges objects that
// somebody else read; whether the injector really acts is shown by a dry-run pod, not here.

import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../../core/finding.ts';
import { fail, pass, unknown, worst } from '../../core/verdict.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { KubeObjectLike, PreflightAnswer, PreflightFacts, PreflightQuestion, Role } from '../adapter.ts';
import { answerTo, conditionOf, nameOf } from '../facts.ts';
import type { Answer } from '../facts.ts';
import { selects } from '../label-selector.ts';
import { labelOf, listAt } from '../pod-parts.ts';
import {
  believedNamespaces,
  controlPlaneOf,
  injectorHooks,
  namedNamespace,
  placeProblem,
  placeQuestions,
  placesToAsk,
} from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';
import { configurationQuestion, installationOf, usesCni } from './installation.ts';
import { componentLabel, configMap, controlPlaneLabel, neededComponents } from './names.ts';
import { jobsToCome } from './sidecar-findings.ts';

const { webhooks } = placeQuestions;

/** Deployments, webhook and configuration of the control plane. */
export function linkerd2Questions(spec: MeshMigrationSpec, role: Role): readonly PreflightQuestion[] {
  const namespace = namedNamespace(spec, role);
  const where = namespace === undefined ? {} : { namespace };
  return [
    ...placesToAsk(namespace),
    {
      name: webhooks,
      group: 'admissionregistration.k8s.io',
      version: 'v1',
      plural: 'mutatingwebhookconfigurations',
      labelSelector: `${componentLabel}=proxy-injector`,
    },
    { name: configurationQuestion, group: '', version: 'v1', plural: 'configmaps', objectName: configMap, ...where },
  ];
}

/** The control plane is available and its injector registered. */
export function linkerd2Preflight(facts: PreflightFacts, role: Role): PreflightAnswer {
  const installation = installationOf(facts);
  const place = controlPlaneOf(facts);
  return {
    verdict: worst([placeVerdict(place, facts), webhookVerdict(answerTo(facts, webhooks))]),
    findings: [
      ...(place.kind === 'several' ? [ambiguity(place, role)] : []),
      ...(installation.known ? [] : [unread(installation.why)]),
    ],
    controlPlaneNamespaces: believedNamespaces(facts),
  };
}

function unread(why: string): Finding {
  return {
    severity: 'warn',
    reason: 'TargetConfigurationUnknown',
    message: `the configuration of Linkerd 2 is not known: ${why}; Jobs and resources of the proxy can't be judged`,
    remedy: `Let the operator get the ConfigMap ${configMap}.`,
  };
}

function ambiguity(place: ControlPlane, role: Role): Finding {
  const untrue = `take the label ${controlPlaneLabel} off namespaces that are none`;
  return {
    severity: 'block',
    reason: role === 'target' ? 'TargetAmbiguous' : 'SourceAmbiguous',
    message: `Linkerd 2: ${placeProblem(place) ?? ''}`,
    remedy: role === 'target' ? `Name it in spec.target.linkerd2.namespace, or ${untrue}.` : `Please ${untrue}.`,
  };
}

/** Why the injector passes a whole namespace over, why its pods are refused there, or what becomes of Jobs there. */
export function linkerd2NamespaceFindings(namespace: KubeObjectLike, facts: PreflightFacts): readonly Finding[] {
  const labels = namespace.metadata?.labels ?? {};
  return [...skippedByWebhook(labels, facts), ...podSecurity(namespace, facts), ...jobsToCome(namespace, facts)];
}

function placeVerdict(place: ControlPlane, facts: PreflightFacts): Verdict {
  const problem = placeProblem(place);
  if (place.kind === 'found') return deploymentsVerdict(answerTo(facts, placeQuestions.deployments), place.namespace);
  return (place.kind === 'none' ? fail : unknown)('TargetNotReady', `Linkerd 2: ${problem ?? ''}`);
}

function deploymentsVerdict(answer: Answer, namespace: string): Verdict {
  if (!answer.known) return unknown('TargetNotReady', answer.why);
  const items = answer.items.filter(({ metadata }) => metadata?.namespace === namespace);
  return worst(
    neededComponents.map((component) => {
      const found = items.filter((item) => labelOf(item, componentLabel) === component);
      if (found.length === 0) return fail('TargetNotReady', `Linkerd 2 has no Deployment of the ${component} in ${namespace}`);
      const unavailable = found.find((item) => conditionOf(item, 'Available') !== 'True');
      if (unavailable === undefined) return pass;
      return conditionOf(unavailable, 'Available') === 'False'
        ? fail('TargetNotReady', `Deployment ${nameOf(unavailable)} is not Available`)
        : unknown('TargetNotReady', `Deployment ${nameOf(unavailable)} does not say whether it is Available`);
    }),
  );
}

function webhookVerdict(answer: Answer): Verdict {
  if (!answer.known) return unknown('TargetNotReady', answer.why);
  return answer.items.some((item) => listAt(item, 'webhooks').length > 0)
    ? pass
    : fail('TargetNotReady', 'the injector of Linkerd 2 is not registered (no MutatingWebhookConfiguration)');
}

function skippedByWebhook(labels: Readonly<Record<string, string>>, facts: PreflightFacts): readonly Finding[] {
  const hooks = injectorHooks(facts);
  const passedOver = hooks.length > 0 && hooks.every((hook) => !selects(hook['namespaceSelector'] ?? {}, labels));
  if (!passedOver) return [];
  return [
    {
      severity: 'block',
      reason: 'TargetSkipsNamespace',
      message: "the injector's namespaceSelector passes this namespace over",
      remedy: 'Remove the label config.linkerd.io/admission-webhooks from the namespace, or take it out of the wave.',
    },
  ];
}

function podSecurity(namespace: KubeObjectLike, facts: PreflightFacts): readonly Finding[] {
  const level = labelOf(namespace, 'pod-security.kubernetes.io/enforce');
  if (level !== 'restricted' && level !== 'baseline') return [];
  const installation = installationOf(facts);
  const cni = usesCni(installation);
  if (cni === true) return [];
  const why = installation.known
    ? 'Linkerd 2 is installed without its CNI plugin'
    : `whether the CNI plugin is used is not known: ${installation.why}`;
  return [
    {
      severity: 'block',
      reason: 'PodSecurity',
      message: `Pod Security ${level} forbids the rights that linkerd-init needs (NET_ADMIN, NET_RAW); ${why}`,
      remedy: 'Install Linkerd 2 with its CNI plugin, or let the namespace enforce privileged.',
    },
  ];
}
