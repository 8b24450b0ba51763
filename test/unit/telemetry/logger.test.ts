import { expect } from 'chai';
import { Writable } from 'node:stream';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { Log, LogLevel } from '../../../src/runtime/log.ts';
import { createLog } from '../../../src/telemetry/logger.ts';

interface Written {
  readonly log: Log;
  readonly lines: () => Promise<Record<string, unknown>[]>;
}

function written(level: LogLevel): Written {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return {
    log: createLog({ level, stream, wallMs: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) }),
    async lines() {
      await new Promise((resolve) => setImmediate(resolve));
      const rows = text.split('\n').filter(Boolean);
      return rows.map((row) => JSON.parse(row) as Record<string, unknown>);
    },
  };
}

describe('log', () => {
  it('writes one JSON object a line, with the fields of its parents', async () => {
    const { log, lines } = written('info');
    log
      .child({ controller: 'migration' })
      .child({ reconcileID: 'r1' })
      .info('namespace moved', { namespace: 'shop', text: 'two\nlines' });
    expect(await lines()).to.deep.equal([
      {
        ts: '2026-01-02T03:04:05.678Z',
        level: 'info',
        msg: 'namespace moved',
        controller: 'migration',
        reconcileID: 'r1',
        namespace: 'shop',
        text: 'two\nlines',
      },
    ]);
  });

  it('writes nothing below its level and never looks at the fields then', async () => {
    const { log, lines } = written('warn');
    const costly = {
      get field(): never {
        throw new Error('looked at');
      },
    };
    log.debug('quiet', costly);
    log.info('quiet', costly);
    log.warn('loud');
    expect((await lines()).map(({ msg }) => msg)).to.deep.equal(['loud']);
    expect([log.isEnabled('debug'), log.isEnabled('warn')]).to.deep.equal([false, true]);
  });

  it('writes an error with its stack, its causes and what a machine can read of it', async () => {
    const { log, lines } = written('info');
    const root = new KubeError({ kind: 'forbidden', status: 403, reason: 'Forbidden', message: 'PATCH pods: no' });
    log.error('reconcile failed', {
      err: new Error('write failed', { cause: root }),
      nested: { err: new AggregateError([root], 'many') },
    });
    const [line] = await lines();
    expect(line).to.nested.include({
      msg: 'reconcile failed',
      'err.message': 'write failed',
      'err.cause.kind': 'forbidden',
      'err.cause.httpStatus': 403,
      'err.cause.reason': 'Forbidden',
      'nested.err.errors[0].message': 'PATCH pods: no',
    });
    expect((line!['err'] as { stack: string }).stack).to.contain('logger.test.ts');
  });

  it('lets no field overwrite message or level, and survives odd values', async () => {
    const { log, lines } = written('info');
    log.info('kept', { message: 'm', level: 'l', big: 10n, nothing: undefined, err: 'a string' });
    expect((await lines())[0]).to.include({ level: 'info', msg: 'kept', message_: 'm', level_: 'l', big: '10', err: 'a string' });
  });
});
