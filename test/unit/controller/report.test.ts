// A status that the API server refuses is told, where people look for it, and not tried again at once.

import { expect } from 'chai';
import { reportMigration, reportNamespace } from '../../../src/controller/report.ts';
import type { Reporters } from '../../../src/controller/report.ts';
import { decideMigration } from '../../../src/core/migration/decide.ts';
import { decideNamespace } from '../../../src/core/namespace/decide.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { JsonPatchOperation } from '../../../src/kube/object.ts';
import { aMigration, aMigrationObservation, anObservation, aRecord, start } from '../../model/builders.ts';

const refusal = (message: string, field?: string): KubeError =>
  new KubeError({
    ...{ kind: 'invalid', status: 422, message },
    causes: field === undefined ? [] : [{ reason: 'FieldValueInvalid', message: 'Too long', field }],
  });

type Status = Record<string, unknown>;

/** An API server that refuses statuses, and remembers what it was given. */
function server(refuses: (status: Status) => KubeError | undefined): { r: Reporters; given: Status[] } {
  const given: Status[] = [];
  const jsonPatch = (_kind: unknown, _ref: unknown, operations: JsonPatchOperation[]): Promise<unknown> => {
    const status = operations.flatMap((o) => (o.path === '/status' && 'value' in o ? [o.value as Status] : []))[0] ?? {};
    given.push(status);
    const error = refuses(status);
    return error === undefined ? Promise.resolve({}) : Promise.reject(error);
  };
  const view = { wrote: () => undefined };
  const r = {
    client: { jsonPatch },
    views: { records: view, migrations: view, workloads: {} },
    fence: () => undefined,
    events: { record: () => undefined },
    monotonicMs: () => 0,
    wallMs: () => start,
    writtenAt: new Map(),
    unstoredSince: new Map(),
  };
  return { r: r as unknown as Reporters, given };
}

describe('a status that the API server refuses', () => {
  const tooLong = refusal('status.message: Too long: may not be more than 4096 bytes', 'status.message');

  it('of a namespace is told in what is stored, which says what was before', async () => {
    const { r, given } = server((status) => ('refusedStatus' in status ? undefined : tooLong));
    const record = aRecord({ step: 'Preflight', attempt: 1 });
    const reported = await reportNamespace(r, record, decideNamespace(anObservation({ record }), start), aMigration());

    expect(reported).to.deep.include({ kind: 'refused', message: tooLong.message });
    expect(given.at(-1)).to.deep.equal({ step: 'Preflight', attempt: 1, refusedStatus: tooLong.message });
  });

  it('is not told twice, and tried again only after a while', async () => {
    const { r, given } = server(() => tooLong);
    const record = aRecord({ step: 'Preflight', attempt: 1, refusedStatus: tooLong.message });
    const reported = await reportNamespace(r, record, decideNamespace(anObservation({ record }), start), aMigration());

    expect(given).to.have.length(1);
    expect(reported).to.deep.include({ kind: 'refused', afterMs: 30_000 });
  });

  it('of a migration leaves it Stalled', async () => {
    const isStalled = (status: Status): boolean => JSON.stringify(status).includes('"StatusRefused"');
    const { r, given } = server((status) => (isStalled(status) ? undefined : tooLong));
    const o = aMigrationObservation();
    const reported = await reportMigration(r, o.migration, decideMigration(o, start));
    const conditions = given.at(-1)?.['conditions'] as { type: string; status: string; reason: string }[];

    expect(reported.kind).to.equal('refused');
    expect(conditions.map(({ type, status }) => `${type} ${status}`)).to.deep.equal([
      ...['Ready False', 'Stalled True', 'Succeeded Unknown', 'SourceInUse Unknown'],
    ]);
  });

  it('only because the record has changed meanwhile is decided anew at once', async () => {
    const outdated = refusal('the server rejected our request due to an error in our request');
    const { r, given } = server(() => outdated);
    const record = aRecord({ step: 'Preflight', attempt: 1 });
    const reported = await reportNamespace(r, record, decideNamespace(anObservation({ record }), start), aMigration());

    expect(reported).to.deep.equal({ kind: 'stale', afterMs: 20 });
    expect(given).to.have.length(1);
  });
});
