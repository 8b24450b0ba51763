// Reader room: the whole dtab in effect for a router: what namerd, a DTab object or a ConfigMap holds, then the router's own.

import type { MeshMigrationSpec } from '../../../api/v1alpha1/mesh-migration.ts';
import type { NamesIo } from '../../names.ts';
import { arrayAt, fieldsAt, textAt } from '../../pod-parts.ts';
import type { DtabSource } from '../config/dtab-source.ts';
import { dtabSourceOf } from '../config/dtab-source.ts';
import type { RouterConfig } from '../config/model.ts';

/**
 * The dtab. `here`: Linkerd 1's own delegator applies it when it is sent along. `namerd`: namerd applies it, and tells at this address
 * where a name leads.
 */
export type DtabReading =
  | { readonly ok: true; readonly dtab: string; readonly here: boolean; readonly namerd?: string }
  | { readonly ok: false; readonly why: string };

/** How to read. */
export interface DtabReadingOptions {
  readonly io: NamesIo;
  readonly spec: MeshMigrationSpec;
  readonly timeoutMs: number;
}

const MAX_BYTES = 1024 * 1024;

/** Reads the dtab of a router. Never rejects. */
export async function readDtab(router: RouterConfig, options: DtabReadingOptions): Promise<DtabReading> {
  const source = dtabSourceOf(router);
  if (source.kind === 'here') return { ok: true, dtab: router.dtab, here: true };
  const held = await heldElsewhere(source, options);
  if (!held.ok) return held;
  const { namerd } = held;
  return { ok: true, dtab: joined(held.dtab, router.dtab), here: false, ...(namerd !== undefined && { namerd }) };
}

function joined(first: string, second: string): string {
  return [first, second]
    .map((part) => part.trim().replace(/;$/, ''))
    .filter((part) => part !== '')
    .join(';\n');
}

type Held = { readonly ok: true; readonly dtab: string; readonly namerd?: string } | { readonly ok: false; readonly why: string };

function heldElsewhere(source: Exclude<DtabSource, { kind: 'here' }>, options: DtabReadingOptions): Promise<Held> | Held {
  switch (source.kind) {
    case 'namerd':
      return options.spec.source.linkerd1?.namerd === undefined
        ? dtabObject(source.namespace, options)
        : fromNamerd(source.namespace, options);
    case 'configMap':
      return configMap(source, options);
    case 'file':
      return {
        ok: false,
        why: `its dtab is in the file ${source.path} of the l5d pods, which can't be read; move it into the configuration`,
      };
    case 'elsewhere':
      return { ok: false, why: `its dtab is kept by ${source.interpreter}, which can't be read` };
  }
}

async function fromNamerd(namespace: string, { io, spec, timeoutMs }: DtabReadingOptions): Promise<Held> {
  const address = (spec.source.linkerd1?.namerd ?? '').replace(/\/$/, '');
  const at = (what: string): string => `${address}/api/1/${what}/${encodeURIComponent(namespace)}`;
  const url = at('dtabs');
  try {
    const { status, body } = await io.http(url, { timeoutMs, maximumBytes: MAX_BYTES });
    if (status !== 200) return { ok: false, why: `namerd answers ${status} to ${url}` };
    const held = fromDentries(JSON.parse(body), `namerd at ${url}`);
    return held.ok ? { ...held, namerd: at('delegate') } : held;
  } catch (error) {
    return { ok: false, why: `namerd does not answer at ${url}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

// namerd's Kubernetes storage: one DTab object a dtab namespace, in namerd's own Kubernetes namespace.
async function dtabObject(name: string, { io }: DtabReadingOptions): Promise<Held> {
  const answer = await io.list({ name: 'dtabs', group: 'l5d.io', version: 'v1alpha1', plural: 'dtabs' });
  if (answer.kind === 'error')
    return {
      ok: false,
      why: `its dtab is in namerd; set spec.source.linkerd1.namerd, or let the operator list dtabs.l5d.io (${answer.message})`,
    };
  const found = answer.items.filter((item) => item.metadata?.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1)
    return { ok: false, why: `${found.length} DTab objects are called ${name}; set spec.source.linkerd1.namerd` };
  return fromDentries(only['dentries'], `DTab ${only.metadata?.namespace ?? ''}/${name}`);
}

function fromDentries(value: unknown, where: string): Held {
  const dentries = arrayAt({ value }, 'value');
  const lines = dentries.map((dentry) => [textAt(dentry, 'prefix'), textAt(dentry, 'dst')]);
  if (!Array.isArray(value) || lines.some(([prefix, dst]) => prefix === undefined || dst === undefined))
    return { ok: false, why: `${where} is no list of prefix and dst` };
  return { ok: true, dtab: lines.map(([prefix, dst]) => `${prefix ?? ''} => ${dst ?? ''}`).join(';\n') };
}

async function configMap(source: Extract<DtabSource, { kind: 'configMap' }>, { io }: DtabReadingOptions): Promise<Held> {
  const { namespace, name, key } = source;
  const answer = await io.list({ name: 'dtab', group: '', version: 'v1', plural: 'configmaps', namespace, objectName: name });
  const where = `key ${key} of ConfigMap ${namespace}/${name}`;
  if (answer.kind === 'error') return { ok: false, why: `its dtab is in ${where}, which can't be read: ${answer.message}` };
  const text = textAt(fieldsAt(answer.items[0], 'data'), key);
  return text === undefined ? { ok: false, why: `its dtab should be in ${where}, which is not there` } : { ok: true, dtab: text };
}
