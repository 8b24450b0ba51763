// Translate room: one name evaluated offline, from texts: configuration or dtab, an fs directory or Kubernetes objects. What
// `kubectl mm delegate` prints; no files are read here.

import { parseAllDocuments } from 'yaml';
import { few } from '../../../core/few.ts';
import type { ConfigFinding } from '../config/finding.ts';
import { describeFinding } from '../config/finding.ts';
import type { LinkerdConfig } from '../config/model.ts';
import { readLinkerdConfig } from '../config/read.ts';
import { routerNames } from '../config/router-names.ts';
import type { FsDirectory } from '../dtab/configured-namers.ts';
import { fsNamer } from '../dtab/configured-namers.ts';
import type { DelegateTree } from '../dtab/delegate-tree.ts';
import type { RouterNames } from '../dtab/delegator.ts';
import { answerDelegation } from '../dtab/delegator.ts';
import { k8sNamer } from '../dtab/k8s-namer.ts';
import { outcomeOf } from '../dtab/outcome.ts';
import { readClusterObjects, servicesWithoutEndpoints } from '../dtab/read-objects.ts';

/** A question from texts. */
export interface OfflineQuestion {
  readonly path: string;
  /** Text of linkerd.yaml or of /config.json. */
  readonly config?: string;
  /** Text of a dtab; replaces the router's own. */
  readonly dtab?: string;
  /** Label of the router; the first one when absent. */
  readonly namespace?: string;
  /** For every io.l5d.fs namer. */
  readonly directory?: FsDirectory;
  /** Kubernetes objects, as texts of YAML or JSON with one document or more. */
  readonly objects?: readonly string[];
  /** For io.l5d.k8s.ns. */
  readonly l5dNamespace?: string;
}

/** Exit codes: 0 the name leads somewhere, 1 it does not, 2 bad input. */
export type OfflineAnswer =
  | {
      readonly exitCode: 0 | 1;
      readonly tree: DelegateTree;
      /** What makes the tree less than it may seem; sentences. */
      readonly warnings?: readonly string[];
    }
  | { readonly exitCode: 1 | 2; readonly error: string };

/** Answers a question. Never throws. */
export function delegateOffline(question: OfflineQuestion): OfflineAnswer {
  const setup = setUp(question);
  if (typeof setup === 'string') return { exitCode: 2, error: setup };
  const answer = answerDelegation(setup.routers, {
    namespace: setup.namespace,
    dtab: question.dtab ?? setup.dtab,
    path: question.path,
  });
  if (answer.status !== 200) return { exitCode: answer.status === 500 ? 1 : 2, error: answer.message };
  const exitCode = outcomeOf(answer.tree).kind === 'bound' ? 0 : 1;
  const { warnings } = setup;
  return { exitCode, tree: answer.tree, ...(warnings.length > 0 && { warnings }) };
}

function setUp(question: OfflineQuestion): Setup | string {
  if (question.config === undefined && question.dtab === undefined)
    return 'neither a configuration nor a dtab is given; give one of them';
  const objects = readObjects(question.objects ?? []);
  if (typeof objects === 'string') return objects;
  const setup = question.config === undefined ? withoutConfig(question, objects) : withConfig(question.config, question, objects);
  return typeof setup === 'string' ? setup : { ...setup, warnings: unservedWarning(objects) };
}

// Linkerd 1 knows Services by their Endpoints: one that comes without them is no name at all.
function unservedWarning(objects: readonly unknown[]): readonly string[] {
  const unserved = servicesWithoutEndpoints(objects);
  if (unserved.length === 0) return [];
  const them = unserved.length === 1 ? 'it' : 'them';
  return [
    `${few(unserved, 3)}: no Endpoints or EndpointSlice among the objects, so Linkerd 1 would not know ${them}; give what \`kubectl get services,endpointslices -A -o yaml\` prints.`,
  ];
}

interface Setup {
  readonly routers: ReadonlyMap<string, RouterNames>;
  readonly namespace: string;
  readonly dtab: string;
  readonly warnings: readonly string[];
}

/** A dtab alone is asked with the two namers that directories are given for, under their usual prefixes. */
function withoutConfig(question: OfflineQuestion, objects: readonly unknown[]): Omit<Setup, 'warnings'> {
  const namespace = question.namespace ?? 'default';
  const namers = [
    ...(question.directory ? [fsNamer(['#', 'io.l5d.fs'], question.directory)] : []),
    ...(question.objects ? [k8sNamer({ prefix: ['#', 'io.l5d.k8s'], cluster: readClusterObjects(objects) })] : []),
  ];
  return { routers: new Map([[namespace, { namers, transformations: [] }]]), namespace, dtab: '' };
}

function withConfig(text: string, question: OfflineQuestion, objects: readonly unknown[]): Omit<Setup, 'warnings'> | string {
  const { config, findings } = readLinkerdConfig(text);
  if (!config) return `configuration: ${findings.map(describeFinding).join('\n')}`;
  const label = question.namespace ?? config.routers[0]?.label;
  if (label === undefined) return `configuration: ${refusals(findings)}`;
  const { directory, l5dNamespace } = question;
  const routers = routerNames(config, {
    ...(question.objects ? { cluster: readClusterObjects(objects) } : {}),
    ...(directory ? { files: () => directory } : {}),
    ...(l5dNamespace === undefined ? {} : { l5dNamespace }),
  });
  return { routers, namespace: label, dtab: dtabOf(config, label) };
}

function dtabOf(config: LinkerdConfig, label: string): string {
  return config.routers.find((router) => router.label === label)?.dtab ?? '';
}

function refusals(findings: readonly ConfigFinding[]): string {
  return findings.map(describeFinding).join('\n') || 'it has no router';
}

/** Objects of all texts, or a sentence about the first text that is none. */
function readObjects(texts: readonly string[]): readonly unknown[] | string {
  const objects: unknown[] = [];
  for (const [i, text] of texts.entries()) {
    try {
      for (const document of parseAllDocuments(text)) {
        const [error] = document.errors;
        if (error) return `objects ${i + 1}: ${error.message.split('\n')[0] ?? ''}`;
        objects.push(document.toJS({ maxAliasCount: 100 }));
      }
    } catch (error) {
      return `objects ${i + 1}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return objects;
}
