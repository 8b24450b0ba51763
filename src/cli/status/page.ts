// Everything that the status command shows at one moment, as lines. Pure.

import type { NamespaceMigration } from '../../api/v1alpha1/namespace-migration.ts';
import type { Line } from '../line.ts';
import { span } from '../line.ts';
import { drawOutline } from '../outline.ts';
import { clean, wrap } from '../text.ts';
import { foldToFit } from './fold.ts';
import { headingLines, migrationLines, treeOf } from './migration-view.ts';
import type { ViewOptions } from './migration-view.ts';
import { orphansOf, pictureOfOne } from './picture.ts';
import type { MigrationPicture, Picture } from './picture.ts';

/** The migration of that name, or all of them and the records that have none. */
export function pageLines(picture: Picture, name: string | undefined, options: ViewOptions): Line[] {
  const blocks = chosen(picture, name).map((one) => migrationLines(one, options));
  const orphans = name === undefined ? orphansOf(picture) : [];
  if (orphans.length > 0) blocks.push(orphanLines(orphans, options));
  if (blocks.length === 0) blocks.push(emptyLines(options));
  return blocks.flatMap((block, i) => (i === 0 ? block : [[], ...block]));
}

/** The same on at most so many lines: what needs no look is folded, and the rest cut off with a word on it. */
export function fittedPage(
  picture: Picture,
  { name, rows }: { name: string | undefined; rows: number },
  options: ViewOptions,
): Line[] {
  const all = pageLines(picture, name, options);
  if (all.length <= rows) return all;
  const [only, ...others] = chosen(picture, name);
  const lines = only === undefined || others.length > 0 ? all : foldedLines(only, rows, options);
  if (lines.length <= rows) return lines;
  const kept = lines.slice(0, Math.max(0, rows - 1));
  const rest = `${options.glyphs.ellipsis} ${lines.length - kept.length} more lines; all of it: kubectl mm status`;
  return [...kept, [span(rest.slice(0, options.width), 'dim')]];
}

function foldedLines(one: MigrationPicture, rows: number, options: ViewOptions): Line[] {
  const heading = headingLines(one, options);
  const room = rows - heading.length;
  const tree = foldToFit(treeOf(one), room, (nodes) => drawOutline(nodes, options).length);
  return [...heading, ...drawOutline(tree, options)];
}

function chosen(picture: Picture, name: string | undefined): MigrationPicture[] {
  const names = name === undefined ? picture.migrations.map(({ metadata }) => metadata.name) : [name];
  return names.flatMap((n) => pictureOfOne(picture, n) ?? []);
}

function orphanLines(records: readonly NamespaceMigration[], { width, glyphs }: ViewOptions): Line[] {
  const names = records.map(({ metadata, spec }) => `${metadata.name} (${spec.migrationRef.name})`).join(', ');
  const text = `Namespaces whose MeshMigration is gone; they stay as they are: ${names}`;
  return wrap(clean(text), width - 2).map((line, i) => [span(i === 0 ? `${glyphs.warn} ` : '  ', 'warn'), span(line)]);
}

function emptyLines({ width }: ViewOptions): Line[] {
  const text = 'There is no MeshMigration in this cluster: apply one (config/samples has some to begin with).';
  return wrap(text, width).map((line) => [span(line)]);
}
