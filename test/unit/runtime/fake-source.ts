// A server's side of lists and watches, in the test's hand: it says what each connection gets, and how it ends.
import type { WatchFrame } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { KubeList, KubeObject } from '../../../src/kube/object.ts';
import type { ReflectorSource, WatchRequest } from '../../../src/runtime/reflector-source.ts';

/** One open watch. */
export interface Connection {
  readonly request: WatchRequest;
  send(...frames: readonly WatchFrame[]): void;
  /** The server ends it in good order. */
  end(): void;
  fail(error: unknown): void;
}

/** A source and everything that was asked of it. */
export interface FakeSource extends ReflectorSource {
  readonly connections: readonly Connection[];
  /** Lists that were begun. */
  lists(): number;
  /** The newest open watch. */
  last(): Connection;
  /** What the next lists answer, page by page; an error breaks the list there. */
  pages: (readonly (KubeList<KubeObject> | Error)[])[];
}

/** An object of a given uid and version. */
export function object(name: string, version: string | number, uid = `uid-${name}`): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid, resourceVersion: String(version) } };
}

export const added = (one: KubeObject): WatchFrame => ({ type: 'ADDED', object: one });
export const modified = (one: KubeObject): WatchFrame => ({ type: 'MODIFIED', object: one });
export const deleted = (one: KubeObject): WatchFrame => ({ type: 'DELETED', object: one });
export const bookmark = (version: string | number, initialEventsEnd = false): WatchFrame => ({
  type: 'BOOKMARK',
  resourceVersion: String(version),
  initialEventsEnd,
});
export const errorFrame = (kind: KubeError['kind'], retryAfterSeconds?: number): WatchFrame => ({
  type: 'ERROR',
  error: new KubeError({ kind, message: `in-stream ${kind}`, retryAfterSeconds }),
});

/** A source without any connection yet. */
export function createFakeSource(): FakeSource {
  const connections: Connection[] = [];
  let lists = 0;
  const source: FakeSource = {
    connections,
    lists: () => lists,
    last: () => connections[connections.length - 1]!,
    pages: [],
    async *listPages(signal) {
      lists += 1;
      const pages = source.pages.shift() ?? [{ items: [], resourceVersion: '1' }];
      for (const page of pages) {
        await Promise.resolve();
        if (signal.aborted) throw new KubeError({ kind: 'aborted', message: 'aborted' });
        if (page instanceof Error) throw page;
        yield page;
      }
    },
    watch: (request) => openConnection(request, connections),
  };
  return source;
}

async function* openConnection(request: WatchRequest, connections: Connection[]): AsyncGenerator<WatchFrame> {
  const inbox: (WatchFrame | 'end' | Error)[] = [];
  let wake: () => void = () => undefined;
  const push = (...things: (WatchFrame | 'end' | Error)[]): void => {
    inbox.push(...things);
    wake();
  };
  request.signal.addEventListener('abort', () => push(new KubeError({ kind: 'aborted', message: 'aborted' })));
  connections.push({ request, send: push, end: () => push('end'), fail: (error) => push(error as Error) });
  for (;;) {
    const next = inbox.shift();
    if (next === 'end') return;
    if (next instanceof Error) throw next;
    if (next === undefined) await new Promise<void>((resolve) => (wake = resolve));
    else yield next;
  }
}
