// Reader room: what becomes of every field of the running Linkerd 1's configuration, in the words of names. Pure.

import type { MeshMigrationSpec } from '../../../api/v1alpha1/mesh-migration.ts';
import type { SettingLine } from '../../names.ts';
import { reportFields } from '../translate/report-fields.ts';
import type { L5dReading } from './l5d.ts';

/** One line a field. Where ways are chosen for each Service, the words are those of routes. */
export function settingsOf({ config }: Pick<L5dReading, 'config'>, { target }: MeshMigrationSpec): readonly SettingLine[] {
  const mode = target.linkerd2?.routes === 'ServiceProfile' ? 'ServiceProfile' : 'GatewayAPI';
  return reportFields(config, mode).map(({ path, value, fate }) => {
    const becomes = fate.target === '-' ? '' : `becomes ${fate.target}`;
    const text = [becomes, fate.text].filter((part) => part !== '').join('; ');
    return { path, fate: fate.class, text, ...(value !== undefined && { value }) };
  });
}
