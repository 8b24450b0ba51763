// How a file of tests is played: its scenarios run beside each other on one cluster, each in namespaces of its own, and an
// observer watches all of them from the first to the last write.
import PQueue from 'p-queue';
import type { Observer } from '../../support/observer/observer.ts';
import { startObserver } from '../../support/observer/observer.ts';
import { until } from '../../support/until.ts';
import { NAMESPACE } from '../../../src/kube/resource-kind.ts';
import { MESH_MIGRATION, NAMESPACE_MIGRATION, Scene } from './scene.ts';
import { theStage } from './stage.ts';
import type { Stage } from './stage.ts';

/** How scenarios are told. */
export interface Scenarios {
  /** A test that runs beside the others of its file. */
  readonly scenario: (name: string, play: (scene: Scene) => Promise<void>) => void;
  /** A test that has the cluster for itself: it takes something away that all need. */
  readonly alone: (name: string, play: (scene: Scene) => Promise<void>) => void;
}

// More at once would only wait for each other on two cores.
const together = 6;

/** Declares the scenarios of one theme; call it inside `describe`. The theme begins the names of all that they create. */
export function scenariosOf(theme: string): Scenarios {
  const plays: { prefix: string; play: (scene: Scene) => Promise<void> }[] = [];
  const outcomes = new Map<string, Promise<void>>();
  let observer: Observer;
  let stage: Stage;

  before('the scenarios begin', async function () {
    this.timeout(120_000);
    stage = await theStage();
    observer = await startObserver({ client: stage.client, auditLogFile: stage.cluster.auditLogFile });
    const queue = new PQueue({ concurrency: together });
    for (const { prefix, play } of plays) {
      const outcome = queue.add(() => play(new Scene(stage, observer, prefix)));
      // Whoever waits for it hears of it; one that fails before its turn must not end the run.
      outcome.catch(() => undefined);
      outcomes.set(prefix, outcome);
    }
  });
  after('the observer found nothing wrong, and the operator is quiet', async function () {
    this.timeout(180_000);
    await Promise.allSettled(outcomes.values());
    try {
      await observer.end();
    } finally {
      await cleanUp(stage, theme);
    }
  });

  let count = 0;
  const nextPrefix = (): string => `${theme}${(count += 1)}`;
  return {
    scenario: (name, play) => {
      const prefix = nextPrefix();
      plays.push({ prefix, play });
      it(name, async function () {
        this.timeout(200_000);
        await outcomes.get(prefix);
      });
    },
    alone: (name, play) => {
      const prefix = nextPrefix();
      it(name, async function () {
        this.timeout(200_000);
        await Promise.allSettled(outcomes.values());
        await play(new Scene(stage, observer, prefix));
      });
    },
  };
}

/** Takes everything of a theme away, so that later files have the cluster for themselves. */
async function cleanUp({ client }: Stage, theme: string): Promise<void> {
  for (const kind of [MESH_MIGRATION, NAMESPACE_MIGRATION, NAMESPACE]) {
    const { items } = await client.list(kind);
    const own = items.filter(({ metadata }) => isOf(theme, metadata.name));
    for (const { metadata } of own) {
      if (kind === MESH_MIGRATION && (metadata.finalizers ?? []).length > 0)
        await client.mergePatch(kind, { name: metadata.name }, { metadata: { finalizers: null } });
      await client.delete(kind, { name: metadata.name });
    }
  }
  // What is still going changes what the next file's migrations say of the source.
  await until(async () => (await client.list(NAMESPACE)).items.every(({ metadata }) => !isOf(theme, metadata.name)), {
    what: `the namespaces of ${theme} are gone`,
    timeoutMs: 90_000,
  });
}

function isOf(theme: string, name: string): boolean {
  return new RegExp(`^${theme}\\d`).test(name);
}
