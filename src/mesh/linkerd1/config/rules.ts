// Config room: what no single field shows: routers that are missing or clash, and what Linkerd 1 accepts in silence and then fails
// on. Every rule here was seen on Linkerd 1.7.5 (recordings: badconfig.txt, README), except where its text says otherwise.

import type { Checker } from './check.ts';
import type { Place } from './finding.ts';
import type { LinkerdConfig, RouterConfig } from './model.ts';

/** What is known of the machine that Linkerd 1 runs on; absent where nothing is known, and then nothing is said. */
export interface Surroundings {
  /** Whether a file or directory is there. */
  readonly exists?: (path: string) => boolean;
  /** Names of environment variables of the l5d container. */
  readonly environment?: ReadonlySet<string>;
}

/** Adds findings that need more than one field. */
export function applyRules(config: LinkerdConfig, checker: Checker, surroundings: Surroundings): void {
  const rules = new Rules(checker, surroundings);
  rules.routers(config);
  rules.walk(config.document, '');
}

class Rules {
  private readonly checker: Checker;
  private readonly surroundings: Surroundings;

  constructor(checker: Checker, surroundings: Surroundings) {
    this.checker = checker;
    this.surroundings = surroundings;
  }

  routers(config: LinkerdConfig): void {
    if (!this.checker.places.has('routers[0]')) {
      this.add(
        'refused',
        { path: 'routers', value: '' },
        'the document has no routers; Linkerd 1 does not start',
        'routers: a list with one router or more',
      );
    }
    this.clashes(
      config.routers.map((router, i) => ({ key: router.label, path: `routers[${i}].label` })),
      'label',
      'a label of its own',
    );
    const listeners = config.routers.flatMap((router, i) =>
      router.servers.map((server, j) => ({ key: `${server.ip}:${server.port}`, path: `routers[${i}].servers[${j}].port` })),
    );
    const admin = { key: `${config.admin.ip}:${config.admin.port}`, path: 'admin.port' };
    this.clashes([admin, ...listeners], 'address', 'a port of its own');
    config.routers.forEach((router, i) => this.router(router, `routers[${i}]`));
  }

  private clashes(named: readonly { key: string; path: string }[], what: string, suggestion: string): void {
    const seen = new Set<string>();
    for (const { key, path } of named) {
      if (seen.has(key))
        this.add(
          'refused',
          { path: path, value: key },
          `the ${what} ${key} is taken already; Linkerd 1 does not start`,
          suggestion,
        );
      seen.add(key);
    }
  }

  private router(router: RouterConfig, path: string): void {
    if (router.servers.length === 0) {
      this.add(
        'refused',
        { path: path, value: router.label },
        `router ${router.label} has no servers; Linkerd 1 does not start`,
        'servers: [{port: 4140, ip: 0.0.0.0}]',
      );
    }
  }

  /** Looks at every value of the document by its name. */
  walk(value: unknown, path: string): void {
    if (Array.isArray(value)) value.forEach((item, i) => this.walk(item, `${path}[${i}]`));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const map = value as Readonly<Record<string, unknown>>;
    this.kind(map, path);
    for (const [name, inner] of Object.entries(map)) {
      const at = path === '' ? name : `${path}.${name}`;
      if (name === 'budget' || name === 'requeueBudget') this.budget(inner as { ttlSecs?: number }, at);
      if (name === 'tls') this.tls(inner as TlsFields, at);
      this.walk(inner, at);
    }
  }

  private kind(map: Readonly<Record<string, unknown>>, path: string): void {
    const block = /^routers\[\d+\]\.(service|client)$/.exec(path);
    if (block && map['kind'] === 'io.l5d.static') this.staticBlock(map['configs'], path);
    const environment = this.surroundings.environment;
    if (environment && map['kind'] === 'io.l5d.k8s.localnode' && !environment.has('POD_IP')) {
      this.add(
        'refused',
        { path: path, value: 'io.l5d.k8s.localnode' },
        'io.l5d.k8s.localnode needs the environment variable POD_IP',
        'env POD_IP from fieldRef status.podIP',
      );
    }
    if (map['kind'] === 'io.l5d.fs') this.file(map['rootDir'], `${path}.rootDir`, 'refused');
  }

  private staticBlock(configs: unknown, path: string): void {
    if (!Array.isArray(configs)) {
      if (this.hasMisplacedConfigs()) return;
      this.add(
        'fails',
        { path: path, value: 'io.l5d.static' },
        'a static block without configs starts and answers every request 502',
        'configs: [{prefix: /…, …}]',
      );
      return;
    }
    (configs as readonly { prefix?: string }[]).forEach((entry, i) => {
      if (entry.prefix !== undefined) return;
      this.add(
        'fails',
        { path: `${path}.configs[${i}]`, value: '' },
        'an entry without prefix starts and answers every request 502',
        'prefix: / for all names',
      );
    });
  }

  private hasMisplacedConfigs(): boolean {
    return this.checker.findings.some((finding) => finding.value === 'configs' && finding.severity === 'refused');
  }

  private budget(budget: { ttlSecs?: number }, path: string): void {
    const { ttlSecs } = budget;
    if (ttlSecs === undefined || (ttlSecs >= 1 && ttlSecs <= 60)) return;
    const meant = ttlSecs > 60 ? 'ttlSecs: 60' : 'ttlSecs: 1';
    this.add(
      'fails',
      { path: `${path}.ttlSecs`, value: ttlSecs },
      `a budget remembers 1 to 60 seconds, not ${ttlSecs}; Linkerd 1 starts with it and answers every request 502`,
      meant,
    );
  }

  private tls(tls: TlsFields, path: string): void {
    if (tls.trustCerts !== undefined) {
      this.add(
        'note',
        { path: `${path}.trustCerts`, value: 'trustCerts' },
        'trustCerts is deprecated; Linkerd 1 warns about it at start',
        'trustCertsBundle: one file with all certificates',
      );
    }
    if (tls.disableValidation === true && tls.clientAuth !== undefined) {
      this.add(
        'refused',
        { path: path, value: 'clientAuth' },
        'disableValidation: true and clientAuth exclude each other (read in the sources)',
        'one of the two',
      );
    }
    for (const [i, file] of (tls.trustCerts ?? []).entries()) this.file(file, `${path}.trustCerts[${i}]`, 'fails');
    this.file(tls.trustCertsBundle, `${path}.trustCertsBundle`, 'fails');
  }

  private file(file: unknown, path: string, severity: 'refused' | 'fails'): void {
    if (typeof file !== 'string' || this.surroundings.exists?.(file) !== false) return;
    const then =
      severity === 'refused' ? 'Linkerd 1 does not start' : 'Linkerd 1 starts and answers every request through it 502';
    this.add(severity, { path: path, value: file }, `${file} is not there; ${then}`, 'a path that exists in the l5d container');
  }

  private add(
    severity: 'refused' | 'fails' | 'note',
    at: { path: string; value: unknown },
    message: string,
    suggestion: string,
  ): void {
    this.checker.add(severity, { ...at, place: this.place(at.path) }, message, suggestion);
  }

  /** The place of a path, or of the nearest thing around it. */
  private place(path: string): Place {
    for (let at = path; at !== ''; at = at.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, '')) {
      const place = this.checker.places.get(at);
      if (place) return place;
    }
    return { line: 1, column: 1 };
  }
}

interface TlsFields {
  readonly disableValidation?: boolean;
  readonly clientAuth?: object;
  readonly trustCerts?: readonly string[];
  readonly trustCertsBundle?: string;
}
