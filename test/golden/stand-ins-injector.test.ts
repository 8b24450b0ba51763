/**
 * The injector's stand-in against every recorded injection case of the real one.
 * Masked, since random or bound to the recording's cluster: pod name and generateName, namespace, node, status, the random suffix of the
 * service account's volume, and the owner's generated name. Nothing else.
 */
import { expect } from 'chai';
import { applyPatch } from '../support/json-patch.ts';
import type { PatchOperation } from '../support/json-patch.ts';
import type { OwnerEvent } from '../support/linkerd2/event.ts';
import { ownerEvent } from '../support/linkerd2/event.ts';
import type { Injection, Owner } from '../support/linkerd2/inject.ts';
import { inject } from '../support/linkerd2/inject.ts';
import { recordedValues } from '../support/linkerd2/values.ts';
import type { Container, Pod } from '../support/pod.ts';
import { withDefaults } from '../support/pod-defaults.ts';
import { recordedJson, recordedNames } from '../support/recordings.ts';

interface Recording {
  readonly workload: { apiVersion: string; kind: string; metadata: { name: string } };
  readonly namespaceAnnotations: Record<string, string>;
  readonly podBefore: Pod;
  readonly podAfter: Pod | null;
  readonly patch?: PatchOperation[];
  readonly annotationPatch?: PatchOperation[];
  readonly events: (OwnerEvent & { eventTime: null })[];
}

/** Recorded files that are no injection of a pod, each with its reason. */
const omitted: Record<string, string> = {
  '33-service-annotation': 'the recording is empty: it holds nothing but its own name',
};
/** The recorded pod was refused by the real injector's templates, so there is no pod after. */
const denied = new Set(['14-misc-overrides']);
/** Recorded with the CNI plug-in switched on in the chart values. */
const withCni = new Set(['05-cni', '05b-cni-native-disabled']);

const folder = 'linkerd2/injection';
const cases = recordedNames(folder).map((file) => file.replace('.json', ''));
const load = (name: string): Recording => recordedJson(`${folder}/${name}.json`) as Recording;

function answer(name: string, recording: Recording): Injection {
  const namespace = recording.podAfter?.metadata.namespace ?? 'i-refused';
  return inject({
    pod: masked(recording.podBefore),
    namespace,
    namespaceAnnotations: recording.namespaceAnnotations,
    owner: ownerOf(recording),
    values: { ...recordedValues, cniEnabled: withCni.has(name) },
  });
}

function ownerOf({ workload }: Recording): Owner | undefined {
  return workload.kind === 'Pod'
    ? undefined
    : { apiVersion: workload.apiVersion, kind: workload.kind, name: workload.metadata.name };
}

/** The pod without what is random or bound to the recording's cluster. */
function masked(pod: Pod): Pod {
  const text = JSON.stringify(pod).replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-00000');
  const { metadata, spec, status: _status, ...rest } = JSON.parse(text) as Pod;
  const { name: _n, generateName: _g, namespace: _ns, ownerReferences: _o, ...kept } = metadata;
  const { nodeName: _node, ...keptSpec } = spec;
  return { ...rest, metadata: kept, spec: keptSpec };
}

const maskedPatch = (patch: PatchOperation[]): unknown =>
  JSON.parse(JSON.stringify(patch).replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-00000'));

describe("the injector's stand-in, case by case as recorded", () => {
  for (const name of cases.filter((candidate) => !(candidate in omitted) && !denied.has(candidate))) {
    const recording = load(name);

    it(`${name}: the pod comes out as the recorded one`, () => {
      const injection = answer(name, recording);
      const patch = injection.verdict === 'denied' ? [] : injection.patch;
      expect(injection.verdict).not.to.equal('denied');
      expect(withDefaults(applyPatch(masked(recording.podBefore), patch))).to.deep.equal(masked(recording.podAfter!));
    });

    const patch = recording.patch ?? recording.annotationPatch;
    if (patch !== undefined) {
      it(`${name}: the patch is the recorded one, operation by operation`, () => {
        const injection = answer(name, recording);
        expect(injection.verdict === 'denied' ? [] : injection.patch).to.deep.equal(maskedPatch(patch));
      });
    }

    it(`${name}: the owner gets the recorded event`, () => {
      const owner = ownerOf(recording);
      const at = new Date(String(recording.events[0]?.firstTimestamp ?? 0));
      const [, suffix = ''] = /^.*\.([0-9a-f]+)$/.exec(recording.events[0]?.metadata.name ?? '') ?? [];
      const place = owner && { owner, namespace: recording.podAfter!.metadata.namespace!, at, suffix };
      const event = place && ownerEvent(answer(name, recording), place);
      const recorded = recording.events.map(({ eventTime: _always, ...rest }) => rest);
      expect(event === undefined ? [] : [event]).to.deep.equal(recorded);
    });
  }

  for (const name of denied) {
    it(`${name}: a combination that the templates refuse is denied`, () => {
      expect(load(name).podAfter).to.equal(null);
      expect(answer(name, load(name)).verdict).to.equal('denied');
    });
  }

  it('every recorded file is used or named with a reason', () => {
    const used = cases.filter((name) => 'workload' in load(name));
    expect([...used, ...Object.keys(omitted)].sort()).to.deep.equal(cases);
  });
});

describe("the injector's stand-in where the recordings hold no case of their own", () => {
  const plain = masked(load('01-plain').podBefore);
  const asked = (
    pod: Partial<Pod['spec']>,
    annotations = {},
    namespaceAnnotations: Record<string, string> = enabled,
  ): Injection =>
    inject({
      pod: { metadata: { ...plain.metadata, annotations }, spec: { ...plain.spec, ...pod } },
      namespace: 'shop',
      namespaceAnnotations,
      owner: undefined,
      values: recordedValues,
    });
  const enabled = { 'linkerd.io/inject': 'enabled' };
  const reasons = (injection: Injection): readonly string[] => (injection.verdict === 'skipped' ? injection.reasons : []);

  it('skips a pod on the host network, a pod with a sidecar and a misspelt pod annotation', () => {
    expect(reasons(asked({ hostNetwork: true }))).to.deep.equal(['hostNetwork is enabled']);
    const proxied = [...plain.spec.containers, { name: 'linkerd-proxy' }];
    expect(reasons(asked({ containers: proxied }))).to.deep.equal(['pod has a sidecar injected already']);
    expect(reasons(asked({}, { 'linkerd.io/inject': 'yes' }))).to.deep.equal([
      'invalid value for annotation "linkerd.io/inject" at workload',
    ]);
  });

  it('names every reason when there are several', () => {
    expect(reasons(asked({ hostNetwork: true }, { 'linkerd.io/inject': 'disabled' }))).to.have.length(2);
  });

  it("replaces the default skipped ports by the annotation's, whether the pod or its namespace has it", () => {
    const initArgs = (injection: Injection): string[] | undefined => {
      const patch = injection.verdict === 'injected' ? injection.patch : [];
      const added = patch.find(({ path }) => path === '/spec/initContainers/0');
      return added?.op === 'add' ? (added.value as Container).args?.slice(-4) : undefined;
    };
    const key = 'config.linkerd.io/skip-outbound-ports';
    const expected = ['--inbound-ports-to-ignore', '4190,4191,4567,4568', '--outbound-ports-to-ignore', '4140,4240'];
    expect(initArgs(asked({}, { [key]: '4140,4240' }))).to.deep.equal(expected);
    expect(initArgs(asked({}, {}, { ...enabled, [key]: '4140,4240' }))).to.deep.equal(expected);
  });
});

describe("the injector's stand-in with the pods of recorded Jobs", () => {
  for (const name of ['native-true', 'native-false']) {
    it(`${name}: the pod of a Job comes out as the recorded one`, () => {
      const { items } = recordedJson(`linkerd2/jobs/${name}.pod.json`) as { items: Pod[] };
      const after = masked(items[0]!);
      const injection = inject({
        pod: withoutLinkerd(after),
        namespace: 'mesh',
        namespaceAnnotations: { 'linkerd.io/inject': 'enabled' },
        owner: { apiVersion: 'batch/v1', kind: 'Job', name: `job-${name}` },
        values: recordedValues,
      });
      const patch = injection.verdict === 'denied' ? [] : injection.patch;
      expect(withDefaults(applyPatch(withoutLinkerd(after), patch))).to.deep.equal(after);
    });
  }
});

/** The Job's pods were recorded only after injection: what Linkerd added is taken away to get the pod before. */
function withoutLinkerd(pod: Pod): Pod {
  const foreign = ({ name }: { name: string }): boolean => !name.startsWith('linkerd-');
  const kept = (entries: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => !key.startsWith('linkerd.io/')));
  const { initContainers: _added, ...spec } = pod.spec;
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: kept(pod.metadata.annotations), labels: kept(pod.metadata.labels) },
    spec: { ...spec, containers: spec.containers.filter(foreign), volumes: spec.volumes!.filter(foreign) },
  };
}
