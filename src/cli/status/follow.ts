// Reads both kinds from the cluster: once, or for as long as somebody looks. It draws nothing.

import type { KubeClient } from '../../kube/client.ts';
import { createReflector } from '../../runtime/reflector.ts';
import { kubeSource } from '../../runtime/reflector-source.ts';
import { silentLog } from '../../telemetry/logger.ts';
import type { Surroundings } from '../surroundings.ts';
import { MESH_MIGRATION, migrationOf, NAMESPACE_MIGRATION, pictureOf, recordOf } from './picture.ts';
import type { Picture } from './picture.ts';

/** Both kinds as they are now. Fails at once where the server does not answer or does not know the kinds. */
export async function readPicture(client: KubeClient): Promise<Picture> {
  const [migrations, records] = await Promise.all([client.list(MESH_MIGRATION), client.list(NAMESPACE_MIGRATION)]);
  return pictureOf(migrations.items.map(migrationOf), records.items.map(recordOf));
}

/** Both kinds as they are from now on. */
export interface Following {
  picture(): Picture;
  /** Why the picture may be old; undefined while all is well. */
  trouble(): Error | undefined;
  stop(): Promise<void>;
}

/** Follows both kinds; resolves when all there is has been read. `onChange` is called after each change. */
export async function followPictures(
  client: KubeClient,
  { clock, random, stop }: Pick<Surroundings, 'clock' | 'random' | 'stop'>,
  onChange: () => void,
): Promise<Following> {
  const shared = { clock, random, log: silentLog };
  const migrations = createReflector({
    ...shared,
    name: 'meshmigrations',
    source: kubeSource(client, MESH_MIGRATION),
    trim: migrationOf,
  });
  const records = createReflector({
    ...shared,
    name: 'namespacemigrations',
    source: kubeSource(client, NAMESPACE_MIGRATION),
    trim: recordOf,
  });
  const both = [migrations, records];
  for (const reflector of both) {
    reflector.onChange(onChange);
    reflector.start();
  }
  await Promise.race([Promise.all(both.map(({ synced }) => synced)), aborted(stop)]);
  return {
    picture: () => pictureOf(migrations.values(), records.values()),
    trouble: () => both.map((reflector) => reflector.lastError()).find((error) => error !== undefined),
    stop: async () => {
      await Promise.all(both.map((reflector) => reflector.stop()));
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
