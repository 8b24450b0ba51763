// The observer's rules about writes, each with a write that a broken operator would make and one that is right.
import { expect } from 'chai';
import { exclusion } from '../../support/observer/invariants/exclusion.ts';
import { intentFirst } from '../../support/observer/invariants/intent-first.ts';
import { narrowWrites } from '../../support/observer/invariants/narrow-writes.ts';
import { needlessStatus } from '../../support/observer/invariants/needless-status.ts';
import { neverAgain } from '../../support/observer/invariants/never-again.ts';
import { onceOnly } from '../../support/observer/invariants/once-only.ts';
import { usualPlace } from '../../support/observer/keys.ts';
import { disturbances } from '../../support/observer/quiet.ts';
import { parseAuditLine } from '../../support/observer/write.ts';
import type { Write } from '../../support/observer/write.ts';
import { cutover, deployment, moved, object, record, restore, row, Run, says } from './synthetic.ts';

const narrow = (write: Partial<Write>): string[] => new Run(narrowWrites()).write(write).end();
const patch = (path: string, value: unknown, op = 'add'): unknown[] => [
  { op: 'test', path: '/metadata/uid', value: 'u' },
  { op, path, value },
];

describe('the observer reads audit lines', () => {
  const line = (fields: object): string =>
    JSON.stringify({ kind: 'Event', stage: 'ResponseComplete', stageTimestamp: '2026-01-01T00:00:00.5Z', ...fields });

  it('a write with its user, resource, parameters and body', () => {
    const write = parseAuditLine(
      line({
        verb: 'patch',
        requestURI: '/apis/apps/v1/namespaces/a/deployments/web?fieldManager=meshmigration&dryRun=All',
        user: { username: 'somebody' },
        objectRef: { resource: 'deployments', namespace: 'a', name: 'web', apiGroup: 'apps' },
        responseStatus: { code: 200 },
        requestObject: { spec: {} },
      }),
    );
    expect(write).to.deep.equal({
      at: Date.parse('2026-01-01T00:00:00.5Z'),
      user: 'somebody',
      verb: 'patch',
      resource: 'deployments.apps',
      subresource: '',
      namespace: 'a',
      name: 'web',
      code: 200,
      dryRun: true,
      fieldManager: 'meshmigration',
      body: { spec: {} },
    });
  });

  it('and no read, no half line and no other stage', () => {
    const read = line({ verb: 'get' });
    const begun = line({ verb: 'patch', stage: 'RequestReceived' });
    expect([read, begun, read.slice(0, 20), ''].map(parseAuditLine)).to.deep.equal([undefined, undefined, undefined, undefined]);
  });
});

describe('narrow writes', () => {
  const namespaces = { resource: 'namespaces', name: 'shop' };
  const workloads = { resource: 'deployments.apps', namespace: 'shop', name: 'web' };

  it('lets pass what the operator is there for', () => {
    const right: Partial<Write>[] = [
      cutover('shop/web'),
      restore('shop/web'),
      says('shop', { step: 'Cutover' }),
      { ...namespaces, body: patch('/metadata/labels/meshmigration.io~1moving', 'true') },
      { ...namespaces, body: patch('/metadata/annotations', {}) },
      { verb: 'create', resource: 'pods', namespace: 'shop', dryRun: true },
      { verb: 'create', resource: 'pods', subresource: 'eviction', body: { deleteOptions: { preconditions: { uid: 'u' } } } },
      { resource: 'leases.coordination.k8s.io', namespace: usualPlace.namespace, name: 'meshmigration' },
      { verb: 'create', resource: 'events.events.k8s.io', namespace: 'default' },
    ];
    expect(right.flatMap(narrow)).to.deep.equal([]);
  });

  const wrong: Readonly<Record<string, Partial<Write>>> = {
    'another field of a workload': { ...workloads, body: patch('/spec/replicas', 0) },
    'a container by apply': {
      ...workloads,
      fieldManager: 'meshmigration',
      body: { ...(cutover('shop/web').body as object), spec: { paused: true } },
    },
    'a workload of any uid': {
      ...workloads,
      body: [{ op: 'remove', path: '/spec/template/metadata/annotations/meshmigration.io~1to' }],
    },
    'a whole workload': { ...workloads, verb: 'update', body: { metadata: { uid: 'u' } } },
    'a label of somebody else on a namespace': { ...namespaces, body: patch('/metadata/labels/team', 'x') },
    'all labels of a namespace at once': { ...namespaces, body: patch('/metadata/labels', { team: 'x' }) },
    'a merge patch of a namespace': { ...namespaces, body: { metadata: { uid: 'u', labels: {} } } },
    'a real pod': { verb: 'create', resource: 'pods', namespace: 'shop' },
    'a pod deleted instead of evicted': { verb: 'delete', resource: 'pods', namespace: 'shop', name: 'p' },
    'an eviction of any uid': { verb: 'create', resource: 'pods', subresource: 'eviction', body: {} },
    'the spec of a migration': { resource: 'meshmigrations.meshmigration.io', name: 'm', body: patch('/spec/paused', true) },
    'the originals of a record': {
      resource: 'namespacemigrations.meshmigration.io',
      name: 'shop',
      body: patch('/spec/originals', {}),
    },
    'a Secret, although it was refused': { verb: 'create', resource: 'secrets', namespace: 'shop', code: 403 },
  };
  for (const [name, write] of Object.entries(wrong)) {
    it(`catches ${name}`, () => {
      expect(narrow(write)).to.have.length(1);
    });
  }
});

describe('exclusion', () => {
  it('catches writes into system, mesh and own namespaces, and lets the Lease and Events pass', () => {
    const own = usualPlace.namespace;
    const run = new Run(exclusion())
      .write({ ...cutover('kube-system/coredns') })
      .write({ ...cutover('linkerd/linkerd-destination') })
      .write({ resource: 'namespaces', name: 'l5d-system', namespace: 'l5d-system' })
      .write({ verb: 'create', resource: 'configmaps', namespace: own, name: 'x' })
      .write({ resource: 'leases.coordination.k8s.io', namespace: own, name: 'meshmigration' })
      .write({ verb: 'create', resource: 'events.events.k8s.io', namespace: own })
      .write(cutover('shop/web'));
    expect(run.end()).to.have.length(4);
  });
});

describe('once only', () => {
  const eviction: Partial<Write> = {
    verb: 'create',
    resource: 'pods',
    subresource: 'eviction',
    code: 201,
    body: { deleteOptions: { preconditions: { uid: 'p1' } } },
  };

  it('lets one cutover, one restore of it and a refused second cutover pass', () => {
    const run = new Run(onceOnly())
      .write(says('shop', { step: 'Cutover', attempt: 1 }))
      .write(cutover('shop/web'))
      .write({ ...cutover('shop/web'), code: 409 })
      .write(says('shop', { step: 'Restore', attempt: 1 }))
      .write(restore('shop/web'))
      .write(says('shop', { step: 'Restore', attempt: 2 }))
      .write(restore('shop/web'))
      .write(eviction);
    expect(run.end()).to.deep.equal([]);
  });

  it('catches a second cutover, a second restore in one attempt and a second eviction', () => {
    const run = new Run(onceOnly()).write(cutover('shop/web')).write(cutover('shop/web'));
    run.write(restore('shop/web')).write(restore('shop/web')).write(eviction).write(eviction);
    expect(run.end()).to.have.length(3);
  });
});

describe('intent first', () => {
  const namespace = object('Namespace', 'shop', {}, { annotations: { 'linkerd.io/inject': '' } });
  const originals = (present: object): object => ({ originals: { annotations: [{ key: 'linkerd.io/inject', ...present }] } });

  it('lets pass a cutover whose turn was announced before it came, and catches one for another try', () => {
    const planned = (attempt: number): string[] =>
      new Run(intentFirst())
        .see('records', record('shop', 'Cutover'))
        .write(says('shop', { step: 'Cutover', keyed: ['uid-of-D', `uid-of-D:Next:${attempt}:template:4`] }))
        .write(cutover('shop/web'))
        .end();
    expect(planned(1)).to.deep.equal([]);
    expect(planned(2)).to.have.length(1);
  });

  it('lets a cutover pass that the record announces', () => {
    const run = new Run(intentFirst())
      .write({ verb: 'create', resource: 'namespacemigrations.meshmigration.io', name: 'shop', code: 201 })
      .write(says('shop', { step: 'Cutover', workloads: [row('web', 'Moving')] }))
      .write(cutover('shop/web'));
    expect(run.end()).to.deep.equal([]);
  });

  it('catches a write before there is a record, and a cutover that no record announces', () => {
    const run = new Run(intentFirst()).write({ resource: 'namespaces', name: 'bank' });
    run.see('records', record('shop', 'Cutover')).write(cutover('shop/web'));
    expect(run.end()).to.have.length(2);
  });

  it('tells absent from empty in what the record notes', () => {
    const noted = (present: object): string[] =>
      new Run(intentFirst())
        .see('namespaces', namespace)
        .see('records', record('shop', 'Pending', {}, originals(present)))
        .end();
    expect(noted({ present: true, value: '' })).to.deep.equal([]);
    expect(noted({ present: false })).to.have.length(1);
  });
});

describe('never again', () => {
  it('catches the cutover of a workload that carried keys in the version it was decided on', () => {
    const seen = (annotations: object): string[] => {
      const workload = deployment('shop/web', annotations);
      const versioned = { ...workload, metadata: { ...workload.metadata, resourceVersion: '7' } };
      return new Run(neverAgain()).write(cutover('shop/web')).see('workloads', versioned).end();
    };
    expect(seen({})).to.deep.equal([]);
    expect(seen(moved)).to.have.length(1);
  });
});

describe('needless status', () => {
  it('catches a status that is stored already, and no other', () => {
    const run = new Run(needlessStatus()).see('records', record('shop', 'Cutover'));
    run.write(says('shop', { step: 'Commit' })).write(says('shop', { step: 'Soak' }));
    expect(run.write(says('shop', { step: 'Soak' })).end()).to.have.length(1);
    expect(
      new Run(needlessStatus())
        .see('records', record('shop', 'Cutover'))
        .write(says('shop', { step: 'Cutover', attempt: 1 }))
        .end(),
    ).to.have.length(1);
  });
});

describe('quiescence', () => {
  const at = (time: number, write: Partial<Write>): Write => ({ ...parsed, at: time, ...write });
  const parsed: Write = {
    ...{ at: 0, user: usualPlace.user, verb: 'patch', resource: 'namespaces', subresource: '', namespace: '', name: 'shop' },
    ...{ code: 200, dryRun: false, fieldManager: '', body: {} },
  };

  it('is disturbed by any write of the operator after the end but its Lease', () => {
    const lease = { resource: 'leases.coordination.k8s.io' };
    const writes = [
      at(1, {}),
      at(3, { dryRun: true }),
      at(3, lease),
      at(3, { user: 'kubectl' }),
      at(3, { code: 409 }),
      at(4, {}),
    ];
    expect(disturbances(writes, 2, usualPlace).map((violation) => violation.at)).to.deep.equal([4]);
  });
});
