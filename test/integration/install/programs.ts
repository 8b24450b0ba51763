// helm and kubectl as users call them, and what they print as objects. It compares nothing.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { buildPrograms } from '../../cluster/build.ts';
import { HELM, kubernetesProgram } from '../../cluster/programs.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

/** The chart of this checkout. */
export const CHART = join(root, 'charts/meshmigration');

/** install.yaml of this checkout. */
export const INSTALL_FILE = join(root, 'install.yaml');

/** Namespace and name of the release. */
export const RELEASE = { name: 'meshmigration', namespace: 'meshmigration-system' } as const;

/** A Kubernetes object as it is installed. */
export interface Installed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** helm and kubectl. */
export interface Programs {
  /** Runs helm in the release's namespace, away from the person's own settings. Throws with helm's complaint. */
  readonly helm: (...args: readonly string[]) => Promise<string>;
  /** Objects that the chart makes of values, those of hooks among them. */
  readonly template: (...args: readonly string[]) => Promise<readonly Installed[]>;
  /** Objects of a folder in config/. */
  readonly kustomize: (folder: string) => Promise<readonly Installed[]>;
}

/** Builds what is not there yet. @param kubeconfig of the cluster that helm talks to */
export async function installers(kubeconfig = '/dev/null'): Promise<Programs> {
  const { helm = '', kubectl = '' } = await buildPrograms([HELM, kubernetesProgram('kubectl', 30)]);
  const settings = Object.fromEntries(['CACHE', 'CONFIG', 'DATA'].map((kind) => [`HELM_${kind}_HOME`, '/nonexistent']));
  const env = { ...process.env, ...settings, KUBECONFIG: kubeconfig, HELM_NAMESPACE: RELEASE.namespace };
  const maxBuffer = 16 * 1024 * 1024;
  const runHelm = async (...args: readonly string[]): Promise<string> => (await run(helm, args, { env, maxBuffer })).stdout;
  return {
    helm: runHelm,
    template: async (...args) => objectsIn(await runHelm('template', RELEASE.name, CHART, ...args)),
    kustomize: async (folder) =>
      objectsIn((await run(kubectl, ['kustomize', join(root, 'config', folder)], { maxBuffer })).stdout),
  };
}

/** Objects of a file with several documents. */
export function objectsIn(text: string): readonly Installed[] {
  const documents = parseAllDocuments(text);
  return 'empty' in documents ? [] : documents.map((document) => document.toJS() as Installed | null).filter((o) => o !== null);
}

/** Kind, namespace and name of an object in one word. */
export function wordFor({ kind, metadata }: Pick<Installed, 'kind' | 'metadata'>): string {
  return [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/');
}
