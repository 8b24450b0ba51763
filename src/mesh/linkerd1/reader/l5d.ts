// Reader room: everything that the running Linkerd 1 says, read once: configuration, the routers that applications use, their dtabs,
// and the counters of all l5d pods together. What can't be read is a sentence.

import type { MeshMigrationSpec } from '../../../api/v1alpha1/mesh-migration.ts';
import type { NamesIo } from '../../names.ts';
import type { LinkerdConfig, RouterConfig } from '../config/model.ts';
import { proxyPortsOf } from '../place.ts';
import type { L5dAnswer } from './admin.ts';
import { askPods } from './admin.ts';
import { directoriesOf } from './bound-names.ts';
import type { NameCounters } from './counters.ts';
import { readDtab } from './dtab-in-effect.ts';
import { findPods } from './find-pods.ts';
import type { WorldParts } from '../translate/world.ts';

/** A router that applications use as their proxy. */
export interface UsedRouter {
  readonly router: RouterConfig;
  readonly dtab: string;
  /** Linkerd 1's own delegator can be asked with it. */
  readonly here: boolean;
  /** Namerd tells at this address where names lead, by namers of its own that are told nowhere. */
  readonly namerd?: string;
  /** Of all l5d pods together. */
  readonly counters: ReadonlyMap<string, NameCounters>;
  /** Names that some pod counts, and that are not among these: all, and those that were answered. */
  readonly leftOut?: { readonly names: number; readonly answered: number };
}

/** The running Linkerd 1. */
export interface L5dReading {
  readonly namespace: string;
  readonly config: LinkerdConfig;
  readonly routers: readonly UsedRouter[];
  readonly answers: readonly L5dAnswer[];
  /** Directories of namers that list their names. */
  readonly files?: NonNullable<WorldParts['files']>;
  /** What could not be read; sentences. */
  readonly problems: readonly string[];
}

/** Milliseconds that each question may take. */
export const ASK_TIMEOUT_MS = 3_000;
const DEFAULT_ADMIN_PORT = 9_990;

/** Reads it, or says why it can't be. Never rejects. */
export async function readL5d(spec: MeshMigrationSpec, io: NamesIo, timeoutMs = ASK_TIMEOUT_MS): Promise<L5dReading | string> {
  const found = await findPods(spec, io.list);
  if (!found.ok) return found.why;
  const adminPort = spec.source.linkerd1?.adminPort ?? DEFAULT_ADMIN_PORT;
  const answers = await askPods(io.http, found.pods, { adminPort, timeoutMs });
  const problems = [...found.problems, ...answers.flatMap((answer) => answer.problems)];
  const config = agreedConfig(answers);
  if (typeof config === 'string') return problems[0] === undefined ? config : `${config}: ${problems[0]}`;
  const routers = await routersOf(config, answers, { io, spec, timeoutMs });
  if (typeof routers === 'string') return routers;
  return {
    namespace: found.namespace,
    config,
    routers,
    answers,
    problems,
    ...filesOf(config, answers),
  };
}

// All pods have the same configuration; what one lists, all of them would.
function filesOf(config: LinkerdConfig, answers: readonly L5dAnswer[]): Pick<L5dReading, 'files'> {
  const listed = answers.flatMap(({ boundNames }) => (boundNames === undefined ? [] : [boundNames]));
  return listed.length === 0 ? {} : { files: directoriesOf(config, listed.flat()) };
}

function agreedConfig(answers: readonly L5dAnswer[]): LinkerdConfig | string {
  const read = answers.filter((answer) => answer.config !== undefined);
  const texts = new Set(read.map((answer) => answer.configText));
  const [first] = read;
  if (first?.config === undefined)
    return answers.length === 0 ? 'Linkerd 1 has no pod to ask' : 'no l5d pod tells its configuration';
  if (texts.size > 1)
    return 'l5d pods run different configurations; wait for their rollout, or name one DaemonSet in spec.source.linkerd1.daemonSet';
  if (!answers.some((answer) => answer.counters !== undefined))
    return 'no l5d pod tells its counters, so names in use are unknown';
  return first.config;
}

/** The routers that applications use, with their dtabs and what pods counted; or why they can't be told. Never rejects. */
export async function routersOf(
  config: LinkerdConfig,
  answers: readonly L5dAnswer[],
  options: DtabOptions,
): Promise<readonly UsedRouter[] | string> {
  const used = usedRouters(config, options.spec);
  if (used.length === 0)
    return `no router of Linkerd 1 listens on ${proxyPortsOf(options.spec).join(', ')}; set spec.source.linkerd1.proxyPorts`;
  const routers = await Promise.all(used.map((router) => readRouter(router, { config, answers, options })));
  const unread = routers.find((router) => typeof router === 'string');
  return unread ?? routers.filter((router) => typeof router !== 'string');
}

function usedRouters(config: LinkerdConfig, spec: MeshMigrationSpec): readonly RouterConfig[] {
  const ports = proxyPortsOf(spec);
  return config.routers.filter((router) => router.servers.some((server) => ports.includes(server.port)));
}

type DtabOptions = Parameters<typeof readDtab>[1];

interface RouterReading {
  readonly config: LinkerdConfig;
  readonly answers: readonly L5dAnswer[];
  readonly options: DtabOptions;
}

async function readRouter(router: RouterConfig, { config, answers, options }: RouterReading): Promise<UsedRouter | string> {
  const dtab = await readDtab(router, options);
  if (!dtab.ok) return `router ${router.label}: ${dtab.why}`;
  const { here, namerd } = dtab;
  const isUntold = namerd !== undefined && config.namers.length === 0;
  const counted = { counters: summed(router.label, answers), leftOut: leftOutOf(answers) };
  return { router, dtab: dtab.dtab, here, ...(isUntold && { namerd }), ...counted };
}

function leftOutOf(answers: readonly L5dAnswer[]): { names: number; answered: number } {
  const pages = answers.flatMap(({ counters }) => counters ?? []);
  const most = (of: (page: (typeof pages)[number]) => number): number => Math.max(0, ...pages.map(of));
  return { names: most(({ leftOut }) => leftOut), answered: most(({ answeredLeftOut }) => answeredLeftOut) };
}

function summed(router: string, answers: readonly L5dAnswer[]): ReadonlyMap<string, NameCounters> {
  const sum = new Map<string, NameCounters>();
  for (const { counters } of answers) {
    for (const [name, { requests, success, failures }] of counters?.routers.get(router) ?? []) {
      const known = sum.get(name) ?? { requests: 0, success: 0, failures: 0 };
      sum.set(name, {
        requests: known.requests + requests,
        success: known.success + success,
        failures: known.failures + failures,
      });
    }
  }
  return sum;
}
