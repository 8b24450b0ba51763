// How the operator's process is started where it is installed: the flags and variables of config/manager, so that tests measure what
// is shipped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const file = join(import.meta.dirname, '..', '..', 'config', 'manager', 'deployment.yaml');
const program = '/app/operator.js';

interface Deployment {
  readonly kind: string;
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [Container] } } };
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/** Flags of Node.js and environment variables with a plain value. Throws where the manifest has no such program. */
export function shippedProcess(): {
  readonly nodeFlags: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
} {
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Deployment);
  const container = documents.find(({ kind }) => kind === 'Deployment')?.spec.template.spec.containers[0];
  const end = container?.args.indexOf(program) ?? -1;
  if (container === undefined || end < 0) throw new Error(`${file} does not start ${program}`);
  const plain = container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return { nodeFlags: container.args.slice(0, end), variables: Object.fromEntries(plain) };
}
