// Config room: a Linkerd 1 configuration as typed data, defaults filled in where Linkerd 1 has one. Plain data, no behaviour.

/** Budget of retries or requeues. */
export interface Budget {
  readonly minRetriesPerSec?: number;
  /** A share, in spite of its name: 0.2 is 20 %. */
  readonly percentCanRetry?: number;
  readonly ttlSecs?: number;
}

/** Pause between attempts. Milliseconds. */
export interface Backoff {
  readonly kind: 'constant' | 'jittered';
  readonly ms?: number;
  readonly minMs?: number;
  readonly maxMs?: number;
}

/** What is asked of the calls of a logical name. */
export interface ServicePolicy {
  readonly totalTimeoutMs?: number;
  readonly retries?: { readonly budget?: Budget; readonly backoff?: Backoff };
  readonly responseClassifier?: ClassifierConfig;
  readonly classificationTimeoutMs?: number;
  readonly retryBufferSize?: { readonly requestBytes?: number; readonly responseBytes?: number };
}

/** Which answers count as failed, and which of those are asked again. */
export interface ClassifierConfig {
  readonly kind: string;
  readonly successStatusCodes?: readonly number[];
  readonly retryableStatusCodes?: readonly number[];
}

/** TLS that Linkerd 1 originates. */
export interface ClientTls {
  readonly enabled?: boolean;
  readonly disableValidation?: boolean;
  readonly commonName?: string;
  readonly trustCerts?: readonly string[];
  readonly trustCertsBundle?: string;
  readonly clientAuth?: { readonly certPath: string; readonly keyPath: string; readonly intermediateCertsPath?: string };
  readonly protocols?: readonly string[];
}

/** When an endpoint is left out for a while. */
export interface AccrualConfig {
  readonly kind: 'io.l5d.consecutiveFailures' | 'io.l5d.successRate' | 'io.l5d.successRateWindowed' | 'none';
  readonly failures?: number;
  readonly successRate?: number;
  readonly requests?: number;
  /** Seconds. */
  readonly window?: number;
  readonly backoff?: Backoff;
}

/** How a bound name is called. */
export interface ClientPolicy {
  readonly tls?: ClientTls;
  readonly loadBalancer?: { readonly kind: string; readonly maxEffort?: number; readonly decayTimeMs?: number };
  readonly hostConnectionPool?: Readonly<Record<string, number>>;
  readonly failFast?: boolean;
  readonly failureAccrual?: AccrualConfig;
  readonly requestAttemptTimeoutMs?: number;
  readonly requeueBudget?: Budget;
  readonly clientSession?: Readonly<Record<string, number>>;
  readonly forwardClientCert?: boolean;
}

/** Policies by prefix, in order: all that match apply, later ones win. A global block is one entry for `/`. */
export interface PolicyBlock<Policy> {
  readonly kind: 'io.l5d.global' | 'io.l5d.static';
  /** Entries without a prefix are left out; a finding says so. */
  readonly configs: readonly { readonly prefix: string; readonly policy: Policy }[];
}

/** How a request gets its logical name. */
export interface IdentifierConfig {
  readonly kind: string;
  readonly header?: string;
  readonly segments?: number;
  readonly consume?: boolean;
  readonly httpUriInDst?: boolean;
  readonly path?: string;
  readonly namespace?: string;
}

/** What happens to bound addresses. */
export interface TransformerConfig {
  readonly kind: string;
  readonly namespace?: string;
  readonly service?: string;
  readonly port?: string | number;
  readonly host?: string;
  readonly path?: string;
  readonly hostNetwork?: boolean;
}

/** What names are bound by. */
export interface InterpreterConfig {
  readonly kind: string;
  readonly dst?: string;
  readonly namespace?: string;
  readonly root?: string;
  readonly dtabFile?: string;
  readonly name?: string;
  readonly filename?: string;
  readonly transformers?: readonly TransformerConfig[];
}

/** A namer. */
export interface NamerConfig {
  readonly kind: string;
  /** As after `/#`, with a leading slash. */
  readonly prefix: string;
  readonly rootDir?: string;
  readonly labelSelector?: string;
  readonly envVar?: string;
  readonly pattern?: string;
  readonly name?: string;
  readonly transformers?: readonly TransformerConfig[];
}

/** Where a router listens. */
export interface ServerConfig {
  readonly port: number;
  readonly ip: string;
  readonly tls?: { readonly certPath?: string; readonly requireClientAuth?: boolean };
  readonly maxConcurrentRequests?: number;
  readonly clearContext?: boolean;
  readonly addForwardedHeader?: object;
  readonly timestampHeader?: string;
}

/** A router. */
export interface RouterConfig {
  readonly protocol: 'http' | 'h2' | 'thrift' | 'mux' | 'thriftmux';
  readonly label: string;
  readonly servers: readonly ServerConfig[];
  readonly dtab: string;
  readonly dstPrefix: string;
  readonly identifiers: readonly IdentifierConfig[];
  readonly interpreter: InterpreterConfig;
  readonly service: PolicyBlock<ServicePolicy>;
  readonly client: PolicyBlock<ClientPolicy>;
}

/** A telemeter. */
export interface TelemeterConfig {
  readonly kind: string;
  /** Of Prometheus: where its page is. */
  readonly path?: string;
  /** Of Prometheus: put before every name. */
  readonly prefix?: string;
}

/** The admin server. */
export interface AdminConfig {
  readonly ip: string;
  readonly port: number;
  readonly tls?: object;
  readonly security?: {
    readonly uiEnabled?: boolean;
    readonly controlEnabled?: boolean;
    readonly diagnosticsEnabled?: boolean;
    readonly pathWhitelist?: readonly string[];
    readonly pathBlacklist?: readonly string[];
  };
}

/** A whole configuration. */
export interface LinkerdConfig {
  readonly admin: AdminConfig;
  readonly routers: readonly RouterConfig[];
  readonly namers: readonly NamerConfig[];
  readonly telemetry: readonly TelemeterConfig[];
  /** Everything that is written and right, without defaults, as in the text. */
  readonly document: Readonly<Record<string, unknown>>;
}
