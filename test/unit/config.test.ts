// Flags and environment.
import { expect } from 'chai';
import { parseConfig, UsageError } from '../../src/config.ts';

const here = { env: {}, hostname: 'host', pid: 7 };

describe('the operator’s configuration', () => {
  it('has defaults that suit a pod', () => {
    const config = parseConfig([], { ...here, env: { POD_NAMESPACE: 'mm', POD_NAME: 'mm-0' } });
    expect(config).to.include({
      namespace: 'mm',
      identity: 'mm-0',
      metricsHost: '0.0.0.0',
      metricsPort: 8080,
      admission: 'auto',
    });
  });

  it('tells its version and no more when asked', () => {
    expect(() => parseConfig(['--version'], here))
      .to.throw(UsageError, /^\d+\.\d+\.\d+\n$/)
      .with.property('code', 0);
  });

  it('runs unless told to let go', () => {
    expect(parseConfig([], here).letGo).to.equal(false);
    expect(parseConfig(['--let-go'], here).letGo).to.equal(true);
  });

  it('names flag, value and fix of what it can’t understand', () => {
    for (const [args, text] of [
      [['--admission', 'maybe'], '"maybe" is none of auto, policy, webhook'],
      [['--metrics-address', '8080'], '"8080" is not HOST:PORT'],
      [['--colour'], "Unknown option '--colour'"],
    ] as const) {
      expect(() => parseConfig(args, here)).to.throw(UsageError, text);
    }
  });
});
