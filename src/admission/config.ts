// The webhook's configuration: flags and environment into one checked value, once.

import { parseArgs } from 'node:util';
import type { LogLevel } from '../runtime/log.ts';
import { VERSION } from '../telemetry/version.ts';

/** How the webhook runs. */
export interface WebhookConfig {
  kubeconfig?: string;
  certificateDirectory: string;
  host: string;
  port: number;
  healthPort: number;
  logLevel: LogLevel;
}

/** Asked for help, or given something that can't be understood. */
export class WebhookUsageError extends Error {
  readonly code: number;
  constructor(message: string, code: number) {
    super(message);
    this.name = 'WebhookUsageError';
    this.code = code;
  }
}

const usage = `meshmigration-admission: makes pods join and leave meshes on servers without mutating admission policies.

  --certificate-directory DIR  folder with tls.crt and tls.key (default: $CERTIFICATE_DIRECTORY, then /var/run/meshmigration/certificate)
  --host HOST                  address to serve on (default: 0.0.0.0)
  --port PORT                  port of the webhook (default: 8443; 0: a free one)
  --health-port PORT           port of /healthz, /readyz and /metrics (default: 8080; 0: a free one)
  --kubeconfig FILE            the API server's address and credentials (default: in-cluster, then $KUBECONFIG)
  --log-level LEVEL            error, warn, info (default) or debug
  --version                    the version
  --help                       this text
`;

const flags = {
  'certificate-directory': { type: 'string' },
  host: { type: 'string', default: '0.0.0.0' },
  port: { type: 'string', default: '8443' },
  'health-port': { type: 'string', default: '8080' },
  kubeconfig: { type: 'string' },
  'log-level': { type: 'string', default: 'info' },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** The configuration. Throws a WebhookUsageError that names flag, value and fix. */
export function parseWebhookConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): WebhookConfig {
  const values = parsed(args);
  if (values.help) throw new WebhookUsageError(usage, 0);
  if (values.version) throw new WebhookUsageError(`${VERSION}\n`, 0);
  return {
    certificateDirectory: values['certificate-directory'] ?? env['CERTIFICATE_DIRECTORY'] ?? '/var/run/meshmigration/certificate',
    host: values.host,
    port: portOf('--port', values.port),
    healthPort: portOf('--health-port', values['health-port']),
    logLevel: levelOf(values['log-level']),
    ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values;
  } catch (error) {
    throw new WebhookUsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 2);
  }
}

function portOf(flag: string, value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) throw new WebhookUsageError(`${flag}: "${value}" is no port from 0 to 65535\n`, 2);
  return port;
}

function levelOf(value: string): LogLevel {
  const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];
  const level = levels.find((known) => known === value);
  if (level === undefined) throw new WebhookUsageError(`--log-level: "${value}" is none of ${levels.join(', ')}\n`, 2);
  return level;
}
