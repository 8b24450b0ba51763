// The operator's configuration: flags and environment into one checked value, once. Nothing else reads either.

import { parseArgs } from 'node:util';
import type { LogLevel } from './runtime/log.ts';
import { VERSION } from './telemetry/version.ts';

/** How the operator runs. */
export interface Config {
  /** File with the API server's address; in-cluster or the environment's when absent. */
  kubeconfig?: string;
  /** Namespace of the operator itself: its Lease is here, and it never moves. */
  namespace: string;
  /** Who this process is in the election; unique. */
  identity: string;
  metricsHost: string;
  metricsPort: number;
  logLevel: LogLevel;
  /** Namespaces that are never touched, beside kube-*, control planes and the operator's own. */
  excluded: readonly string[];
  /** policy: admission policies of the server; webhook: the webhook Deployment; auto: whatever a dry run shows to act. */
  admission: 'auto' | 'policy' | 'webhook';
  /** Not to run, but to take away what an uninstalled operator must not leave behind. */
  letGo: boolean;
}

/** Asked for help, or given something that can't be understood. `code` is the exit code. */
export class UsageError extends Error {
  readonly code: number;
  constructor(message: string, code: number) {
    super(message);
    this.name = 'UsageError';
    this.code = code;
  }
}

const usage = `meshmigration-operator: moves workloads between service meshes, as MeshMigration objects say.

  --kubeconfig FILE         the API server's address and credentials (default: in-cluster, then $KUBECONFIG, then ~/.kube/config)
  --namespace NAME          namespace of the operator itself (default: $POD_NAMESPACE, then meshmigration-system)
  --identity NAME           name of this process in the election (default: $POD_NAME, then the host's name and process id)
  --metrics-address H:P     where /healthz, /readyz and /metrics are served (default: 0.0.0.0:8080; port 0: a free one)
  --exclude-namespace NAME  a namespace that is never touched; may be given several times
  --admission MODE          auto (default), policy or webhook
  --log-level LEVEL         error, warn, info (default) or debug
  --let-go                  run after the operator is uninstalled: take its finalizer off all migrations, delete its lease, and end
  --version                 the version
  --help                    this text
`;

const flags = {
  kubeconfig: { type: 'string' },
  namespace: { type: 'string' },
  identity: { type: 'string' },
  'metrics-address': { type: 'string', default: '0.0.0.0:8080' },
  'exclude-namespace': { type: 'string', multiple: true },
  admission: { type: 'string', default: 'auto' },
  'log-level': { type: 'string', default: 'info' },
  'let-go': { type: 'boolean', default: false },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What is known about this process beside its arguments. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  hostname: string;
  pid: number;
}

/** The configuration. Throws a UsageError that names flag, value and fix. */
export function parseConfig(args: readonly string[], { env, hostname, pid }: Surroundings): Config {
  const values = parsed(args);
  if (values.help) throw new UsageError(usage, 0);
  if (values.version) throw new UsageError(`${VERSION}\n`, 0);
  const { host, port } = address(values['metrics-address']);
  return {
    namespace: values.namespace ?? env['POD_NAMESPACE'] ?? 'meshmigration-system',
    identity: values.identity ?? env['POD_NAME'] ?? `${hostname}-${pid}`,
    metricsHost: host,
    metricsPort: port,
    logLevel: oneOf('--log-level', values['log-level'], ['error', 'warn', 'info', 'debug']),
    excluded: values['exclude-namespace'] ?? [],
    admission: oneOf('--admission', values.admission, ['auto', 'policy', 'webhook']),
    letGo: values['let-go'],
    ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 2);
  }
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a === value);
  if (found === undefined) throw new UsageError(`${flag}: "${value}" is none of ${allowed.join(', ')}\n`, 2);
  return found;
}

function address(value: string): { host: string; port: number } {
  const match = /^(.*):(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw new UsageError(`--metrics-address: "${value}" is not HOST:PORT with a port up to 65535\n`, 2);
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, '') || '0.0.0.0', port };
}
