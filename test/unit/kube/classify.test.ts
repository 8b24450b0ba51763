import { expect } from 'chai';
import { fromAnswer, fromBrokenCall, fromStatusObject } from '../../../src/kube/classify.ts';
import { hasCause, isKubeError, KubeError } from '../../../src/kube/kube-error.ts';
import { status } from './api-server.ts';

const write = { method: 'PATCH', target: 'deployments.apps shop/cart', writes: true };
const read = { method: 'GET', target: 'pods shop/cart-1', writes: false };

const answer = (body: unknown, code: number, retryAfter?: string): KubeError =>
  fromAnswer({ status: code, text: typeof body === 'string' ? body : JSON.stringify(body), retryAfter }, write);

interface Case {
  readonly code: number;
  readonly body: unknown;
  readonly wantKind: KubeError['kind'];
  readonly wantAmbiguous?: boolean;
}

const table: Readonly<Record<string, Case>> = {
  'a changed object': { code: 409, body: status(409, 'Conflict', 'the object has been modified'), wantKind: 'conflict' },
  'a taken name': { code: 409, body: status(409, 'AlreadyExists', 'services "a" already exists'), wantKind: 'alreadyExists' },
  'a missing object': { code: 404, body: status(404, 'NotFound', 'pods "a" not found'), wantKind: 'notFound' },
  'a resource the server does not serve': { code: 404, body: '404 page not found\n', wantKind: 'notFound' },
  'an old version': { code: 410, body: status(410, 'Expired', 'too old resource version'), wantKind: 'gone' },
  'missing rights': { code: 403, body: status(403, 'Forbidden', 'cannot patch'), wantKind: 'forbidden' },
  'bad credentials': { code: 401, body: status(401, 'Unauthorized', 'Unauthorized'), wantKind: 'unauthorized' },
  'an invalid field': { code: 422, body: status(422, 'Invalid', 'spec.replicas: Invalid value'), wantKind: 'invalid' },
  'a bad request': { code: 400, body: status(400, 'BadRequest', 'cannot parse'), wantKind: 'invalid' },
  'a body that is too large': { code: 413, body: status(413, 'RequestEntityTooLarge', 'limit is 3145728'), wantKind: 'tooLarge' },
  overload: { code: 429, body: status(429, 'TooManyRequests', 'slow down'), wantKind: 'tooManyRequests' },
  'an eviction against a budget': {
    code: 429,
    body: status(429, 'TooManyRequests', 'Cannot evict pod', {
      causes: [{ reason: 'DisruptionBudget', message: 'needs 2 healthy' }],
    }),
    wantKind: 'disruptionBudget',
  },
  'an eviction with several budgets': {
    code: 500,
    body: status(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    ),
    wantKind: 'disruptionBudget',
  },
  'a server that was too slow': {
    code: 504,
    body: status(504, 'Timeout', 'did not complete'),
    wantKind: 'timeout',
    wantAmbiguous: true,
  },
  'a server timeout told as 500': {
    code: 500,
    body: status(500, 'ServerTimeout', 'try again'),
    wantKind: 'timeout',
    wantAmbiguous: true,
  },
  'a server error': { code: 500, body: status(500, 'InternalError', 'webhook failed'), wantKind: 'server', wantAmbiguous: true },
  'a proxy without a backend': { code: 503, body: '<html>no backend, token=abc</html>', wantKind: 'server', wantAmbiguous: true },
};

describe('classification of answers', () => {
  for (const [name, { code, body, wantKind, wantAmbiguous = false }] of Object.entries(table)) {
    it(`takes ${name} for ${wantKind}`, () => {
      const error = answer(body, code);
      expect(error).to.include({ kind: wantKind, status: code, ambiguous: wantAmbiguous });
      expect(error.message).to.contain('PATCH deployments.apps shop/cart: ');
    });
  }

  it('shows nothing of a body that is no Status', () => {
    const error = answer('<html>secret</html>', 502);
    expect(error.message).to.equal('PATCH deployments.apps shop/cart: HTTP 502 without an explanation');
    expect(JSON.stringify(error)).not.to.contain('secret');
  });

  it('says of a kind that is not installed that nothing is served there', () => {
    expect(answer('404 page not found', 404).message).to.match(/HTTP 404: the API server serves nothing there$/);
  });

  it('takes the wait from the Status first and from the header else', () => {
    expect(answer(status(429, 'TooManyRequests', 'wait', { retryAfterSeconds: 3 }), 429, '10').retryAfterSeconds).to.equal(3);
    expect(answer('Too many requests', 429, '10').retryAfterSeconds).to.equal(10);
    expect(answer('Too many requests', 429, 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterSeconds).to.equal(undefined);
  });

  it('keeps the causes', () => {
    const details = {
      causes: [{ reason: 'NamespaceTerminating', message: 'namespace shop is being terminated', field: 'metadata.namespace' }],
    };
    expect(hasCause(answer(status(403, 'Forbidden', 'no', details), 403), 'NamespaceTerminating')).to.equal(true);
  });

  it('takes an in-stream Status for what its code says, and anything else for a server error', () => {
    expect(fromStatusObject(status(410, 'Expired', 'too old'), read)).to.include({ kind: 'gone', status: 410 });
    expect(fromStatusObject({ unexpected: true }, read).kind).to.equal('server');
    expect(fromStatusObject(null, read).kind).to.equal('server');
  });

  it('never calls a read ambiguous', () => {
    expect(fromAnswer({ status: 500, text: '' }, read).ambiguous).to.equal(false);
    expect(fromBrokenCall(Object.assign(new Error('closed'), { code: 'UND_ERR_SOCKET' }), read, undefined).ambiguous).to.equal(
      false,
    );
  });
});

describe('classification of broken connections', () => {
  for (const code of [
    'ECONNREFUSED',
    'ENOTFOUND',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ]) {
    it(`knows that a write was never sent after ${code}`, () => {
      const error = fromBrokenCall(Object.assign(new Error('no'), { code }), write, undefined);
      expect(error).to.include({ kind: 'unreachable', ambiguous: false });
    });
  }

  for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE']) {
    it(`does not know whether a write happened after ${code}`, () => {
      const error = fromBrokenCall(Object.assign(new Error('no'), { code }), write, undefined);
      expect(error).to.include({ kind: 'unreachable', ambiguous: true });
    });
  }

  it('names deadlines and cancellations for what they are', () => {
    expect(fromBrokenCall(new Error('aborted'), write, 'timeout')).to.include({ kind: 'timeout', ambiguous: true });
    expect(fromBrokenCall(new Error('aborted'), write, 'aborted')).to.include({ kind: 'aborted', ambiguous: true });
  });

  it('finds out about kinds', () => {
    const error: unknown = new KubeError({ kind: 'gone', message: 'gone' });
    expect([
      isKubeError(error),
      isKubeError(error, 'gone'),
      isKubeError(error, 'server'),
      isKubeError(new Error('x')),
    ]).to.deep.equal([true, true, false, false]);
  });
});
