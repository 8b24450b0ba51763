// Namespaces in which one thing is wrong each, and the end that the migration of each is to have. Plain data; it plays nothing.
import { service, type Options } from './application.ts';

/** One thing that is wrong. */
export interface Fault {
  /** As a sentence about the migration goes on. */
  readonly does: string;
  readonly namespace: string;
  readonly objects: readonly object[];
  /** Where the namespace ends. */
  readonly step: string;
  /** What the migration's failures name. */
  readonly reason: string;
  /** What the message of that failure tells beside. */
  readonly says?: string;
}

const CALLED = { name: 'http', port: 80, targetPort: 8080 };
const withProxy = (fault: string): Options => ({ annotations: { 'config.linkerd.io/proxy-version': fault }, port: CALLED });
const named = (name: string, namespace: string): object => ({ name, namespace });

const quota = (namespace: string): object => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: named('processors', namespace),
  spec: { hard: { 'requests.cpu': '160m' } },
});

const budget = (namespace: string): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: named('all', namespace),
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'app' } } },
});

const asking: Options = {
  annotations: { 'config.linkerd.io/proxy-cpu-request': '50m' },
  requests: { cpu: '50m' },
  port: CALLED,
};

/** All of them. */
export const FAULTS: readonly Fault[] = [
  {
    does: 'goes back when the image of the proxy cannot be pulled',
    namespace: 'no-image',
    objects: service('no-image', 'app', withProxy('missing')),
    step: 'RolledBack',
    reason: 'ProgressDeadlineExceeded',
  },
  {
    does: 'goes back when the proxy crashes',
    namespace: 'crashes',
    objects: service('crashes', 'app', withProxy('crashes')),
    step: 'RolledBack',
    reason: 'Restarted',
  },
  {
    does: 'goes back when the proxy says it is ready and passes nothing on',
    namespace: 'silent',
    objects: service('silent', 'app', withProxy('silent')),
    step: 'RolledBack',
    reason: 'ProgressDeadlineExceeded',
  },
  {
    does: 'goes back when the proxy is ready and its application’s calls hang',
    namespace: 'hangs',
    objects: service('hangs', 'app', { ...withProxy('hangs'), args: ['load', '--rate=4', 'http://ledger-v1.billing:7777/'] }),
    step: 'RolledBack',
    reason: 'ProgressDeadlineExceeded',
    says: 'requests are not answered',
  },
  {
    does: 'does not begin where the proxies’ requests would exhaust a quota',
    namespace: 'quota',
    objects: [quota('quota'), ...service('quota', 'app', asking)],
    step: 'Preflight',
    reason: 'QuotaExceeded',
  },
  {
    does: 'replaces the stuck pod of a StatefulSet on its way back',
    namespace: 'stuck',
    objects: service('stuck', 'app', { ...withProxy('missing'), kind: 'StatefulSet' }),
    step: 'RolledBack',
    reason: 'ProgressDeadlineExceeded',
  },
  {
    does: 'halts where a disruption budget keeps a stuck pod from being replaced',
    namespace: 'budget',
    objects: [...service('budget', 'app', { ...withProxy('silent'), kind: 'StatefulSet' }), budget('budget')],
    step: 'Halted',
    reason: 'EvictionRefused',
  },
];
