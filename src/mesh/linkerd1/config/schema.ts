// Config room: how a description of configuration fields looks. The descriptions themselves are in the schema-* files.

/** What a value must be. */
export type Schema =
  | { readonly type: 'text' | 'bool' | 'dtab' | 'prefixPath' | 'anything' }
  /** A Finagle path; Linkerd 1 refuses one without a leading slash. */
  | { readonly type: 'path' }
  | { readonly type: 'int' | 'number'; readonly min?: number; readonly max?: number }
  /** Linkerd 1 takes no text for a port, not even one of digits. */
  | { readonly type: 'port' }
  | { readonly type: 'list'; readonly of: Schema; readonly orOne?: boolean }
  | ObjectSchema
  | KindSchema;

/** Fields by name. */
export type Fields = ReadonlyMap<string, Schema>;

/** A map with known fields. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly fields: Fields;
  readonly required?: readonly string[];
}

/** A map whose fields depend on one of them. */
export interface KindSchema {
  readonly type: 'kind';
  /** As in a sentence: `namer`. */
  readonly what: string;
  /** The deciding field. */
  readonly by: 'kind' | 'protocol';
  /** Taken when the deciding field is absent; when this is absent too, the field is required. */
  readonly byDefault?: string;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Fields of every kind. */
  readonly shared: Fields;
}

/** One kind. */
export interface Kind {
  readonly fields: Fields;
  readonly required?: readonly string[];
  /** Refused without `experimental: true`. */
  readonly experimental?: boolean;
  /** Fields are not looked at: the kind is out of reach of a translation and is reported as such. */
  readonly open?: boolean;
}

export const TEXT: Schema = { type: 'text' };
export const BOOL: Schema = { type: 'bool' };
export const PATH: Schema = { type: 'path' };
export const PORT: Schema = { type: 'port' };
export const ANYTHING: Schema = { type: 'anything' };
/** Not negative. */
export const COUNT: Schema = { type: 'int', min: 0 };
export const TEXTS: Schema = { type: 'list', of: TEXT };

/** Fields from an object literal; a Map, so that no key of a document is special. */
export function fields(named: Readonly<Record<string, Schema>>): Fields {
  return new Map(Object.entries(named));
}

/** A map with these fields. */
export function object(named: Readonly<Record<string, Schema>>, required: readonly string[] = []): ObjectSchema {
  return { type: 'object', fields: fields(named), required };
}

/** A kind with these fields. */
export function kind(named: Readonly<Record<string, Schema>> = {}, required: readonly string[] = []): Kind {
  return { fields: fields(named), required };
}

/** Kinds chosen by `kind`. */
export function kinds(
  what: string,
  of: Readonly<Record<string, Kind>>,
  more: { readonly shared?: Readonly<Record<string, Schema>>; readonly byDefault?: string } = {},
): KindSchema {
  const { shared = {}, byDefault } = more;
  const base = { type: 'kind', what, by: 'kind', kinds: new Map(Object.entries(of)), shared: fields(shared) } as const;
  return byDefault === undefined ? base : { ...base, byDefault };
}

/** A list of these. */
export function listOf(of: Schema, orOne = false): Schema {
  return { type: 'list', of, orOne };
}
