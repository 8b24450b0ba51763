// Linkerd 1 room, front door of names: reads the running Linkerd 1 and the cluster once, and answers for each namespace what its callers
// need before they may leave. Judging and planning are pure and elsewhere (translate/); asking is elsewhere too (reader/).

import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import { unknown } from '../../core/verdict.ts';
import type { MeshNames, NamesAnswer, NamesIo, NamesReading } from '../names.ts';
import { DtabSyntaxError } from './dtab/syntax-error.ts';
import { detectLinkerd1 } from './detect.ts';
import { answerFor } from './reader/answer.ts';
import type { ReadState } from './reader/answer.ts';
import { readCluster } from './reader/cluster.ts';
import { readL5d } from './reader/l5d.ts';
import { l5dFromObjects } from './reader/l5d-objects.ts';
import { liveAnswers } from './reader/live-answers.ts';
import { settingsOf } from './reader/settings.ts';
import { trafficOf } from './reader/traffic.ts';
import { ASK_TIMEOUT_MS } from './reader/l5d.ts';

/** Names of Linkerd 1. */
export const linkerd1Names: MeshNames = {
  isCaller: (template, spec) => detectLinkerd1(template, spec).state !== 'absent',
  read: readNames,
  quietSeconds: ({ source }) => source.linkerd1?.quietSeconds,
  retirement: retirementOf,
};

async function readNames(spec: MeshMigrationSpec, io: NamesIo): Promise<NamesReading> {
  const [l5d, cluster] = await Promise.all([io.offline === true ? l5dFromObjects(spec, io) : readL5d(spec, io), readCluster(io)]);
  if (typeof l5d === 'string') return unreadable(l5d);
  if (typeof cluster === 'string') return unreadable(cluster);
  const bases = l5d.answers.filter((answer) => answer.config !== undefined).map((answer) => answer.base);
  const live = liveAnswers({ http: io.http, bases, timeoutMs: ASK_TIMEOUT_MS });
  const state: ReadState = { spec, io, l5d, cluster, live };
  return {
    answer: (question) => answerFor(state, question).catch((error: unknown) => unanswered(error)),
    traffic: trafficOf(l5d, cluster.before),
    settings: settingsOf(l5d, spec),
  };
}

// The DaemonSet; namespace and configuration stay, so that it can be had again.
function retirementOf(installations: readonly string[]): readonly string[] {
  return installations.map((installation) => {
    const [namespace = '', name = ''] = installation.split('/');
    return `kubectl -n ${namespace} delete daemonset/${name}`;
  });
}

function unanswered(error: unknown): NamesAnswer {
  if (error instanceof DtabSyntaxError) return unknownAnswer(`Linkerd 1's dtab can't be read: ${error.message}`);
  throw error;
}

function unreadable(why: string): NamesReading {
  return { answer: () => Promise.resolve(unknownAnswer(why)), traffic: why, settings: [] };
}

function unknownAnswer(why: string): NamesAnswer {
  const verdict = unknown('NamesUnknown', why);
  return { verdict, names: [], wanted: [], settled: verdict, notes: [why] };
}
