// A translated configuration as a tree: mistakes, then what is lost, what differs, what stays, and the policies. Pure.

import { describeFinding } from '../../mesh/offline.ts';
import type { ConfigFinding, ConfigTranslation, FieldReport, MappingClass, RouterTranslation } from '../../mesh/offline.ts';
import type { Mark, Note, OutlineNode } from '../outline.ts';
import { clean } from '../text.ts';

/** What is printed of a translation. */
export type Translation = Omit<ConfigTranslation, 'exitCode'>;

/** The classes of fields, the most urgent first. */
export const classes: readonly { readonly of: MappingClass; readonly title: string; readonly mark: Mark }[] = [
  { of: 'lost', title: 'lost', mark: 'bad' },
  { of: 'approximate', title: 'approximate', mark: 'warn' },
  { of: 'equivalent', title: 'equivalent', mark: 'done' },
];

/** The tree. */
export function translationOutline({ findings, fields, routers }: Translation): OutlineNode[] {
  const mistakes = group(findings.length === 1 ? 'mistake' : 'mistakes', 'bad', findings.map(findingNode));
  const fates = classes.map(({ of, title, mark }) =>
    group(
      title,
      mark,
      fields.filter(({ fate }) => fate.class === of).map((field) => fieldNode(field, mark)),
    ),
  );
  return [mistakes, ...fates, ...routers.map(routerNode)].filter(
    ({ children, kind }) => children.length > 0 || kind === 'router',
  );
}

function group(title: string, mark: Mark, children: readonly OutlineNode[]): OutlineNode {
  return { mark, kind: 'group', cells: [`${children.length} ${title}`], notes: [], children };
}

const marks: Readonly<Record<ConfigFinding['severity'], Mark>> = {
  unreadable: 'bad',
  refused: 'bad',
  fails: 'bad',
  noEffect: 'warn',
  note: 'idle',
};

function findingNode(finding: ConfigFinding): OutlineNode {
  const [place = '', ...rest] = clean(describeFinding(finding)).split(': ');
  const notes: Note[] = [{ text: rest.join(': '), tone: 'plain' }];
  return { mark: marks[finding.severity], kind: 'finding', cells: [place], notes, children: [] };
}

function fieldNode({ path, value, fate }: FieldReport, mark: Mark): OutlineNode {
  const notes: Note[] = [
    ...(fate.target === '-' ? [] : [{ text: `becomes ${fate.target}`, tone: 'plain' } as const]),
    ...(fate.text === '' ? [] : [{ text: fate.text, tone: 'dim' } as const]),
  ];
  return { mark, kind: 'field', cells: [nameOfField({ path, value })], notes, children: [] };
}

/** The field, with its value where that decides. */
export function nameOfField({ path, value }: { readonly path: string; readonly value?: string | undefined }): string {
  return clean(value === undefined ? path : `${path} = ${value}`);
}

function routerNode({ label, dtab, templates }: RouterTranslation): OutlineNode {
  const children = templates.map(({ prefix, policy }): OutlineNode => {
    const more = [...policy.notes, ...policy.manifests.map(({ kind }) => `writes a ${kind} (-o yaml shows it)`)];
    const notes = [policy.because, ...more].map((text): Note => ({ text: clean(text), tone: 'dim' }));
    return { mark: 'idle', kind: 'policy', cells: [clean(prefix), policy.mode], notes, children: [] };
  });
  return { mark: 'idle', kind: 'router', cells: [clean(`router ${label}`)], tail: dtabText(dtab), notes: [], children };
}

/** Where a router's dtab is. */
export function dtabText(dtab: RouterTranslation['dtab']): string {
  switch (dtab.kind) {
    case 'here':
      return 'its dtab is in the file';
    case 'namerd':
      return clean(`its dtab is ${dtab.namespace} of the name server at ${dtab.dst}`);
    case 'configMap':
      return clean(`its dtab is ${dtab.key} of ConfigMap ${dtab.namespace}/${dtab.name}`);
    case 'file':
      return clean(`its dtab is the file ${dtab.path}`);
    case 'elsewhere':
      return clean(`its names are interpreted by ${dtab.interpreter}`);
  }
}
