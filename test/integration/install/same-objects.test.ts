// The ways to install give the same objects: kustomize, install.yaml, and the chart for its default values.
import { expect } from 'chai';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { INSTALL_FILE, installers, objectsIn, wordFor } from './programs.ts';
import type { Installed, Programs } from './programs.ts';

/** Labels that every Helm chart gives to its objects. */
const ofHelm = ['helm.sh/chart', 'app.kubernetes.io/instance', 'app.kubernetes.io/version', 'app.kubernetes.io/managed-by'];
const KEEP = 'helm.sh/resource-policy';
const HOOK = 'helm.sh/hook';

const isHook = ({ metadata }: Installed): boolean => metadata.annotations?.[HOOK] !== undefined;
const isKept = ({ metadata }: Installed): boolean => metadata.annotations?.[KEEP] === 'keep';
const actsOnPods = /^(Mutating|Validating)AdmissionPolicy(Binding)?\/meshmigration-(join|leave|refuse|audit)-/;

function without<T>(map: Readonly<Record<string, T>> | undefined, keys: readonly string[]): Record<string, T> | undefined {
  const left = Object.entries(map ?? {}).filter(([key]) => !keys.includes(key));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/** Objects by their words, without what is Helm's own. */
function plain(objects: readonly Installed[]): Record<string, unknown> {
  const entries = objects.map((object) => {
    const { labels, annotations, ...metadata } = object.metadata;
    const own = { labels: without(labels, ofHelm), annotations: without(annotations, [KEEP]) };
    // Fields that are undefined are left out.
    return [wordFor(object), JSON.parse(JSON.stringify({ ...object, metadata: { ...metadata, ...own } })) as unknown] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('the ways to install', function () {
  this.timeout(900_000);
  let programs: Programs;
  const chart = async (...values: readonly string[]): Promise<readonly Installed[]> =>
    (await programs.template(...values.flatMap((value) => ['--set', value]))).filter((object) => !isHook(object));

  before(async () => {
    programs = await installers();
  });

  it('put the same into install.yaml as into config/default', async () => {
    const file = objectsIn(readFileSync(INSTALL_FILE, 'utf8'));

    expect(plain(file)).to.deep.equal(plain(await programs.kustomize('default')));
    expect(file[0]?.kind).to.equal('Namespace');
  });

  it('make of the chart with its default values what config/default has, but the namespace, which Helm makes before', async () => {
    const [asDefault, withNamespace, kustomized] = await Promise.all([
      chart(),
      chart('namespace.create=true'),
      programs.kustomize('default'),
    ]);

    expect(plain(withNamespace)).to.deep.equal(plain(kustomized));
    expect(plain(asDefault)).to.deep.equal(plain(kustomized.filter(({ kind }) => kind !== 'Namespace')));
  });

  it('make of the chart with the webhook what config/older-servers has', async () => {
    const values = ['admission=webhook', 'webhook.certificate.source=certManager', 'namespace.create=true'];

    expect(plain(await chart(...values))).to.deep.equal(plain(await programs.kustomize('older-servers')));
  });

  it('keep on uninstallation the definitions and what acts on pods, and nothing of the operator', async () => {
    const kept = (await chart()).filter(isKept).map(wordFor);
    const all = (await programs.kustomize('default')).map(wordFor);

    expect(kept).to.have.members(all.filter((word) => word.startsWith('CustomResourceDefinition/') || actsOnPods.test(word)));
    expect(kept).to.not.be.empty;
    const webhook = (await chart('admission=webhook')).filter(isKept).map(wordFor);
    expect(webhook).to.include.members([
      'Deployment/meshmigration-system/meshmigration-admission',
      'Service/meshmigration-system/meshmigration-admission',
      'ServiceAccount/meshmigration-system/meshmigration-admission',
      'MutatingWebhookConfiguration/00-meshmigration',
      'Secret/meshmigration-system/meshmigration-admission',
    ]);
    const taken = (await programs.kustomize('uninstall')).map(wordFor);
    expect(taken).to.have.members(all.filter((word) => !kept.includes(word) && !word.startsWith('Namespace/')));
  });

  it('move with the chart to another namespace as a whole', async () => {
    const elsewhere = await programs.template('--namespace', 'mesh-mover', '--set', 'namespace.create=true,admission=both');

    expect(JSON.stringify(elsewhere)).to.not.include('meshmigration-system');
    expect(new Set(elsewhere.map(({ metadata }) => metadata.namespace))).to.deep.equal(new Set([undefined, 'mesh-mover']));
  });

  it('hold the token out of excluded namespaces as well', async () => {
    const objects = await chart('excludedNamespaces={billing,ledger}');
    const operator = objects.find((object) => wordFor(object) === 'Deployment/meshmigration-system/meshmigration');
    const fence = objects.find((object) => wordFor(object) === 'ValidatingAdmissionPolicy/meshmigration-fence-places');

    expect(JSON.stringify(operator)).to.include('"--exclude-namespace=billing","--exclude-namespace=ledger"');
    expect(JSON.stringify(fence)).to.include('variables.place in [\\"billing\\",\\"ledger\\"]');
  });

  it('make a certificate for the webhook that the API server will believe', async () => {
    const objects = await chart('admission=webhook');
    const { data } = objects.find(({ kind }) => kind === 'Secret') as unknown as { data: Record<string, string> };
    const pem = (key: string): X509Certificate => new X509Certificate(Buffer.from(data[key] ?? '', 'base64'));
    const configuration = objects.find(({ kind }) => kind === 'MutatingWebhookConfiguration');
    const { webhooks } = configuration as unknown as { webhooks: { clientConfig: { caBundle: string } }[] };

    expect(webhooks.map(({ clientConfig }) => clientConfig.caBundle)).to.deep.equal([data['ca.crt'], data['ca.crt']]);
    expect(pem('tls.crt').verify(pem('ca.crt').publicKey)).to.equal(true);
    expect(pem('tls.crt').checkHost('meshmigration-admission.meshmigration-system.svc')).to.not.equal(undefined);
  });

  for (const [values, words] of [
    ['replicas=0', "at '/replicas': minimum: got 0, want 1"],
    ['admission=maybe', "at '/admission': value must be one of 'policy', 'webhook', 'both'"],
    ['colour=red', "additional properties 'colour' not allowed"],
    ['excludedNamespaces={Billing}', "'/excludedNamespaces/0': 'Billing' does not match pattern"],
    ['admission=webhook,webhook.certificate.source=secret', 'webhook.certificate.caBundle: empty'],
  ] as const) {
    it(`say what is wrong with ${values}`, async () => {
      const complaint = await chart(values).catch((error: unknown) => String(error));

      expect(complaint).to.include(words);
    });
  }

  it('say which value a server needs that is too old', async () => {
    const complaint = await programs.template('--kube-version', '1.35.2').catch((error: unknown) => String(error));

    expect(complaint).to.include(
      'admission: "policy" needs Kubernetes 1.36 or newer, and this is v1.35.2: set admission to webhook',
    );
  });
});
