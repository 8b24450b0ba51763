import { expect } from 'chai';
import { parseWebhookConfig, WebhookUsageError } from '../../../src/admission/config.ts';

const refusal = (...args: string[]): string => {
  try {
    parseWebhookConfig(args, {});
  } catch (error) {
    if (error instanceof WebhookUsageError) return `${error.code} ${error.message.split('\n')[0] ?? ''}`;
    throw error;
  }
  return 'taken';
};

describe('the flags of the webhook', () => {
  it('have defaults, and the environment names the certificate', () => {
    expect(parseWebhookConfig([], {})).to.deep.equal({
      certificateDirectory: '/var/run/meshmigration/certificate',
      host: '0.0.0.0',
      port: 8443,
      healthPort: 8080,
      logLevel: 'info',
    });
    expect(parseWebhookConfig([], { CERTIFICATE_DIRECTORY: '/tls' }).certificateDirectory).to.equal('/tls');
    expect(
      parseWebhookConfig(['--certificate-directory', '/flag'], { CERTIFICATE_DIRECTORY: '/tls' }).certificateDirectory,
    ).to.equal('/flag');
  });

  it('are refused with the flag and the value', () => {
    expect(refusal('--port', '70000')).to.equal('2 --port: "70000" is no port from 0 to 65535');
    expect(refusal('--health-port', 'x')).to.equal('2 --health-port: "x" is no port from 0 to 65535');
    expect(refusal('--log-level', 'loud')).to.equal('2 --log-level: "loud" is none of error, warn, info, debug');
    expect(refusal('--prot', '1')).to.contain("2 Unknown option '--prot'");
    expect(refusal('--help')).to.contain('0 meshmigration-admission:');
  });
});
