// A plan as a tree and as Markdown. Pure.

import type { Note, OutlineNode } from '../outline.ts';
import { clean } from '../text.ts';
import type { NameManifest } from '../../core/names.ts';
import type { SettingLine } from '../../mesh/names.ts';
import type { PassedOver, Plan, PlannedNamespace, PlannedWorkload } from './plan.ts';

/** The tree. */
export function planOutline({ waves, passedOver, blockers, objects, proposals, settings, notes }: Plan): OutlineNode[] {
  const top = [
    ...blockers.map((blocker) => leaf('bad', 'blocker', ['blocked'], sentences(blocker))),
    ...notes.map((note) => leaf('idle', 'note', [clean(note)], [])),
  ];
  const tree = waves.map(({ name, namespaces }): OutlineNode => ({
    ...leaf('idle', 'wave', [`wave ${clean(name)}`, `${namespaces.length} namespaces`], []),
    children: namespaces.map(namespaceNode),
  }));
  const made = objects.map(({ how, manifest }) => {
    const { name, namespace } = manifest.metadata;
    return leaf('idle', 'object', [`${manifest.kind} ${namespace}/${name}`, how === 'create' ? 'created' : 'added to'], []);
  });
  return [
    ...top,
    ...tree,
    ...passedOverNodes(passedOver),
    ...(made.length === 0 ? [] : [{ ...leaf('idle', 'objects', ['objects for callers'], []), children: made }]),
    ...proposals.map((manifest) => leaf('idle', 'proposal', [shown(manifest), 'proposed, not made'], [])),
    ...settingsNodes(settings),
  ];
}

/** How much of the configuration is kept; what is lost or differs, each. */
function settingsNodes(settings: Plan['settings']): OutlineNode[] {
  if (settings.length === 0) return [];
  const of = (fate: SettingLine['fate']): readonly SettingLine[] => settings.filter((setting) => setting.fate === fate);
  const counts = fates.map((fate) => `${of(fate).length} ${fate}`);
  const children = [...of('lost'), ...of('approximate')].map((setting) =>
    leaf(
      setting.fate === 'lost' ? 'bad' : 'warn',
      'setting',
      [nameOfSetting(setting), setting.fate],
      [{ text: clean(setting.text), tone: 'dim' }],
    ),
  );
  return [{ ...leaf('idle', 'settings', ['settings of the source', ...counts], []), children }];
}

const fates = ['lost', 'approximate', 'equivalent'] as const;

function nameOfSetting({ path, value }: SettingLine): string {
  return clean(value === undefined ? path : `${path} = ${value}`);
}

function shown({ kind, metadata }: NameManifest): string {
  return clean(`${kind} ${metadata.namespace}/${metadata.name}`);
}

function passedOverNodes(passedOver: readonly PassedOver[]): OutlineNode[] {
  if (passedOver.length === 0) return [];
  const children = passedOver.map(({ name, why }) =>
    leaf('idle', 'namespace', [clean(name)], [{ text: clean(why), tone: 'plain' }]),
  );
  return [{ ...leaf('idle', 'passedOver', ['selected and left alone', `${passedOver.length} namespaces`], []), children }];
}

// In one word or two.
function fateOf({ moves, already, accepted }: PlannedWorkload): string {
  if (already === true) return 'moved already';
  return moves ? 'moves' : accepted === undefined ? 'stays' : 'stays, accepted';
}

function namespaceNode({ name, step, workloads, names, blockers, notes }: PlannedNamespace): OutlineNode {
  const texts = [...blockers.flatMap(sentences), ...notes.map((text): Note => ({ text: clean(text), tone: 'dim' }))];
  const children = [
    ...workloads.map(workloadNode),
    ...names.map(({ name: called, verdict, message, remedy, lastMoving }) =>
      leaf(
        verdict === 'blocked' ? 'bad' : 'idle',
        'name',
        [clean(called), verdict],
        [
          ...sentences({ message, ...(remedy !== undefined && { remedy }) }),
          ...(lastMoving === undefined ? [] : [{ text: `last seen moving ${lastMoving}`, tone: 'dim' as const }]),
        ],
      ),
    ),
  ];
  const cells = [clean(name), ...(step === undefined ? [] : [step])];
  return { ...leaf(blockers.length > 0 ? 'bad' : 'idle', 'namespace', cells, texts), children };
}

function workloadNode(workload: PlannedWorkload): OutlineNode {
  const { kind, name, moves, already, accepted, why, remedy } = workload;
  const mark = moves || already === true || accepted !== undefined ? 'idle' : 'warn';
  const notes = why === undefined ? [] : sentences({ message: why, ...(remedy !== undefined && { remedy }) });
  return leaf(mark, 'workload', [`${clean(kind)}/${clean(name)}`, fateOf(workload)], notes);
}

function leaf(mark: OutlineNode['mark'], kind: string, cells: readonly string[], notes: readonly Note[]): OutlineNode {
  return { mark, kind, cells, notes, children: [] };
}

function sentences({ message, remedy }: { readonly message: string; readonly remedy?: string }): Note[] {
  return [
    { text: clean(message), tone: 'plain' },
    ...(remedy === undefined ? [] : [{ text: clean(remedy), tone: 'strong' as const }]),
  ];
}

/** The same as Markdown, for tickets and pull requests. */
export function planMarkdown({ migration, blockers, waves, passedOver, objects, proposals, settings, notes }: Plan): string {
  const lines = [`# Plan of ${inline(migration)}`, ''];
  for (const { message } of blockers) lines.push(`- **blocked**: ${inline(message)}`);
  for (const note of notes) lines.push(`- ${inline(note)}`);
  for (const { name, namespaces } of waves) {
    lines.push('', `## Wave ${inline(name)}`);
    for (const namespace of namespaces) lines.push('', `### ${inline(namespace.name)}`, '', ...namespaceLines(namespace));
  }
  if (passedOver.length > 0) lines.push('', '## Selected and left alone', '');
  for (const { name, why } of passedOver) lines.push(`- ${inline(name)}: ${inline(why)}`);
  lines.push(
    '',
    '## Objects',
    '',
    ...objects.map(
      ({ how, manifest }) => `- ${how} ${manifest.kind} ${inline(`${manifest.metadata.namespace}/${manifest.metadata.name}`)}`,
    ),
  );
  for (const manifest of proposals) lines.push(`- proposed, not made: ${inline(shown(manifest))}`);
  if (settings.length > 0) lines.push('', '## Settings of the source', '', ...settings.map(settingLine));
  return `${lines.join('\n')}\n`;
}

function settingLine(setting: SettingLine): string {
  return `- ${inline(nameOfSetting(setting))}: ${setting.fate}${setting.text === '' ? '' : `: ${inline(setting.text)}`}`;
}

function namespaceLines({ workloads, names, blockers, notes }: PlannedNamespace): string[] {
  return [
    ...blockers.map(({ message }) => `- **blocked**: ${inline(message)}`),
    ...workloads.map((workload) => {
      const { kind, name, why } = workload;
      return `- ${inline(kind)}/${inline(name)}: ${fateOf(workload)}${why === undefined ? '' : `: ${inline(why)}`}`;
    }),
    ...names.map(
      ({ name, verdict, message, lastMoving }) =>
        `- ${inline(name)}: ${verdict}: ${inline(message)}${lastMoving === undefined ? '' : ` (last seen moving ${lastMoving})`}`,
    ),
    ...notes.map((note) => `- ${inline(note)}`),
  ];
}

function inline(text: string): string {
  return clean(text).replaceAll(/[\\`*_<>|[\]]/g, String.raw`\$&`);
}
