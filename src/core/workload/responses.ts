// Responses: whether the calls of a moved workload succeed as they should, over all its pods together. Failures count where they
// are more than chance brings; until more responses decide, it is unknown. Pure.

import type { Pod } from '../observation.ts';
import type { Settings } from '../settings.ts';
import type { Counted } from '../traffic.ts';
import { fail, pass, unknown, worst } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';
import { highestShare, isChance, judgeShare, significance } from './chance.ts';

// One failed response of three says nothing; the default of health.minimumRequests is used where a person asked for none.
const minimumForFailure = 20;

/** Whether enough responses succeeded, and no pod stands apart. */
export function enoughSuccess(pods: readonly Pod[], settings: Settings, baseline?: Counted): Verdict {
  const traffic = trafficOf(pods);
  const { total } = traffic;
  const connections = enoughConnections(traffic, settings);
  if (connections.kind === 'fail') return connections;
  if (total < settings.minimumRequests)
    return unknown('TooLittleTraffic', `${total} of the ${settings.minimumRequests} responses that a verdict needs`);
  if (total < minimumForFailure) return connections;
  return worst([
    enoughResponses(traffic, settings),
    noWorseThan(baseline, servedBy(pods), settings),
    noneApart(pods, traffic),
    connections,
  ]);
}

interface Traffic {
  readonly failure: number;
  readonly total: number;
  readonly errors: number;
}

function trafficOf(pods: readonly Pod[]): Traffic {
  let [success, failure, errors] = [0, 0, 0];
  for (const { reading } of pods) {
    if (reading?.kind !== 'answered') continue;
    success += reading.success;
    failure += reading.failure;
    errors += reading.connectionErrors;
  }
  return { failure, total: success + failure, errors };
}

function allowedBy({ minimumSuccessPercent }: Settings): number {
  return (100 - minimumSuccessPercent) / 100;
}

function enoughConnections({ errors, total }: Traffic, settings: Settings): Verdict {
  if (errors < minimumForFailure) return pass;
  const share = { what: 'connections of calls', failures: errors, total: errors + total, allowed: allowedBy(settings) };
  return judged(share, () => fail('ConnectionErrors', `${errors} calls found no connection, beside ${total} responses`));
}

function enoughResponses({ failure, total }: Traffic, settings: Settings): Verdict {
  return judged({ what: 'responses', failures: failure, total, allowed: allowedBy(settings) }, () =>
    fail(
      'LowSuccessRate',
      `${succeeded(failure, total)} % of ${total} responses succeeded, ${settings.minimumSuccessPercent} % are needed`,
    ),
  );
}

interface Share {
  readonly what: string;
  readonly failures: number;
  readonly total: number;
  readonly allowed: number;
}

function judged(share: Share, beyond: () => Verdict): Verdict {
  switch (judgeShare(share.failures, share.total, share.allowed)) {
    case 'within':
      return pass;
    case 'unclear':
      return unclear(share);
    case 'beyond':
      return beyond();
  }
}

// How many there are by now is left out: the words stay the same until another one fails.
function unclear({ what, failures, allowed }: Share): Verdict {
  const needed = Math.ceil(failures / allowed - 1e-9);
  const percent = Number((100 * allowed).toFixed(2));
  return unknown(
    'SuccessUnclear',
    `perhaps by chance, more than ${percent} % failed: ${failures} of fewer than ${needed} ${what}`,
  );
}

function succeeded(failure: number, total: number): string {
  return ((100 * (total - failure)) / total).toFixed(1);
}

// The source counted calls of the workload, and none of its own.
function servedBy(pods: readonly Pod[]): Counted {
  let [requests, success] = [0, 0];
  for (const { reading } of pods) {
    if (reading?.kind !== 'answered') continue;
    requests += reading.served.requests;
    success += reading.served.success;
  }
  return { requests, success };
}

// What was counted before is a sample, too: the fewer responses, the less is known of how many used to fail.
function noWorseThan(baseline: Counted | undefined, served: Counted, { maximumDropPercent }: Settings): Verdict {
  if (baseline === undefined || served.requests < minimumForFailure) return pass;
  const [total, failure] = [served.requests, served.requests - served.success];
  const { requests, success } = baseline;
  const failedBefore = requests - success;
  const drop = maximumDropPercent / 100;
  if (requests === 0 || failure <= total * (failedBefore / requests + drop)) return pass;
  const allowed = Math.min(1, highestShare(failedBefore, requests) + drop);
  return judged({ what: 'calls of it, more than in the source', failures: failure, total, allowed }, () =>
    fail(
      'WorseThanBefore',
      `${succeeded(failure, total)} % of ${total} calls of it succeeded; in the source it was ${succeeded(failedBefore, requests)} % of ${requests}`,
    ),
  );
}

// Among many pods one that fails is lost in the sum. So far apart, in percent, and no chance among so many pods.
const apartPoints = 20;

function noneApart(pods: readonly Pod[], all: Traffic): Verdict {
  for (const pod of pods) {
    const { failure, total } = trafficOf([pod]);
    if (total < minimumForFailure || failure / total - all.failure / all.total <= apartPoints / 100) continue;
    if (isChance(failure, total, all.failure / all.total, significance / pods.length)) continue;
    return fail(
      'PodsDiffer',
      `pod ${pod.name}: ${succeeded(failure, total)} % of its ${total} responses succeeded, of all ${succeeded(all.failure, all.total)} %`,
    );
  }
  return pass;
}
