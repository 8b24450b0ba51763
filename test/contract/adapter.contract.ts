// What every mesh adapter promises, as one suite that runs over each of them. Fed with hostile templates and with pods
// that a real injector made; knows no mesh.

import { expect } from 'chai';
import fc from 'fast-check';
import type { MeshMigrationSpec } from '../../src/api/v1alpha1/mesh-migration.ts';
import { podPatch } from '../../src/admission/pod-patch.ts';
import type { MeshAdapter, PodTemplate, Role } from '../../src/mesh/adapter.ts';
import { allAdapters } from '../../src/mesh/registry.ts';
import { applyPatch } from '../support/json-patch.ts';
import { withoutEmpty } from '../golden/admission-corpus.ts';

/** A pod of a recording, and whether it is in the mesh of the adapter under test. */
export interface RecordedPod {
  name: string;
  pod: PodTemplate;
  joined: boolean;
}

/** One adapter under test. */
export interface ContractSubject {
  adapter: MeshAdapter;
  /** Templates that use the mesh in every way that admission can take away. */
  users: readonly PodTemplate[];
  /** Pods of a real injector; none where the mesh has none. */
  recorded: readonly RecordedPod[];
}

/** Runs the suite over one adapter. */
export function adapterContract({ adapter, users, recorded }: ContractSubject): void {
  const { mesh, roles } = adapter;
  const specs = roles.map((role) => ({ role, spec: specWith(adapter, role) }));

  describe(`the adapter of ${mesh}`, () => {
    it('answers for any template, and in one of three words', () => {
      fc.assert(
        fc.property(hostileTemplate, (template) => {
          for (const { role, spec } of specs) {
            expect(adapter.detect(template, spec).state).to.be.oneOf(['present', 'absent', 'unknown']);
            expect(adapter.expectations(template, spec).reason).to.be.a('string').and.not.equal('');
            expect(adapter.optsOut(template)).to.be.a('boolean');
            expect(adapter.settings(spec, template)).to.be.an('object');
            const workload = {
              kind: 'Deployment',
              name: 'w',
              namespace: 'n',
              namespaceKeys: { labels: {}, annotations: {} },
              template,
            };
            expect(adapter.workloadFindings(workload, {}, spec, role)).to.be.an('array');
          }
        }),
        { numRuns: 300 },
      );
    });

    it('answers for any facts, and never takes a missing answer for a healthy mesh', () => {
      for (const { role, spec } of specs) {
        const asked = adapter.questions(spec, role);
        const failed = Object.fromEntries(asked.map(({ name }) => [name, { kind: 'error' as const, message: 'no answer' }]));
        const odd = Object.fromEntries(
          asked.map(({ name }) => [name, { kind: 'objects' as const, items: [{}, { spec: 3, status: [] }] }]),
        );
        for (const facts of [{}, failed, odd]) {
          const { verdict } = adapter.preflight(facts, spec, role);
          expect(verdict.kind).to.be.oneOf(asked.length === 0 ? ['pass'] : ['fail', 'unknown']);
          expect(adapter.namespaceFindings({ metadata: { name: 'n' } }, facts, role)).to.be.an('array');
        }
      }
    });

    it('spells its name the same everywhere', () => {
      expect([adapter.join.mesh, adapter.leave.mesh]).to.deep.equal([mesh.toLowerCase(), mesh.toLowerCase()]);
    });

    it('gives every question a name of its own', () => {
      for (const { role, spec } of specs) {
        const names = [...adapter.questions(spec, role), ...adapter.namespaceQuestions('n', spec, role)].map(({ name }) => name);
        expect(new Set(names).size).to.equal(names.length);
      }
    });

    if (roles.includes('target')) {
      it('sees a template that joined by its own transform', () => {
        const spec = specWith(adapter, 'target');
        expect(adapter.detect(joined(plain, adapter), spec).state).to.equal('present');
      });

      it('joins once: a second time nothing changes', () => {
        const once = joined(plain, adapter);
        expect(joined(once, adapter)).to.deep.equal(once);
      });

      it('keeps out of a pod that opts out', () => {
        const refusing = { ...plain, metadata: { annotations: { ...adapter.join.optOutAnnotations } } };
        expect(adapter.optsOut(refusing)).to.equal(Object.keys(adapter.join.optOutAnnotations).length > 0);
        if (adapter.optsOut(refusing)) expect(adapter.detect(refusing, specWith(adapter, 'target')).state).to.equal('absent');
      });
    } else {
      it('says that it can not be joined', () => {
        expect(adapter.joinedWhen).to.deep.equal({ kind: 'never' });
        expect(adapter.preflight({}, specWith(adapter, 'source'), 'target').verdict.kind).to.equal('fail');
      });
    }

    if (roles.includes('source')) {
      it('sees no trace in a template that left by its own transform, and says the same of the pod', () => {
        const spec = specWith(adapter, 'source');
        for (const user of users) {
          expect(adapter.detect(user, spec).state).to.equal('present');
          const gone = left(user, adapter);
          expect(adapter.detect(gone, spec), JSON.stringify(gone)).to.deep.equal({ state: 'absent', uses: [] });
          expect(adapter.expectations(gone, spec).state).to.equal('absent');
        }
      });

      it('leaves once: a second time nothing changes', () => {
        for (const user of users) expect(left(left(user, adapter), adapter)).to.deep.equal(left(user, adapter));
      });

      it('changes nothing of a template that does not use it', () => {
        const without = { ...plain, metadata: { annotations: { team: 'blue' } } };
        const overridden = Object.keys(adapter.leave.overrideAnnotations);
        const { annotations = {} } = (left(without, adapter).metadata ?? {}) as { annotations?: Record<string, string> };
        expect(left(without, adapter).spec).to.deep.equal(without.spec);
        expect(
          Object.keys(annotations).filter((key) => !overridden.includes(key) && !key.startsWith('meshmigration.io/')),
        ).to.deep.equal(['team']);
      });
    }

    for (const { name, pod, joined: isJoined } of recorded) {
      it(`reads the recorded pod ${name} as ${isJoined ? 'joined' : 'not joined'}`, () => {
        const { state } = adapter.expectations(pod, specWith(adapter, 'target'));
        expect(state).to.equal(isJoined ? 'present' : 'absent');
      });
    }
  });
}

const plain: PodTemplate = { metadata: {}, spec: { containers: [{ name: 'app', image: 'app:1' }] } };

/** A spec in which the mesh stands on one side, and another mesh on the other. */
export function specWith({ mesh }: Pick<MeshAdapter, 'mesh'>, role: Role): MeshMigrationSpec {
  const other = mesh === 'None' ? 'Linkerd2' : 'None';
  const sides = role === 'source' ? { source: { mesh }, target: { mesh: other } } : { source: { mesh: other }, target: { mesh } };
  return { ...(sides as Pick<MeshMigrationSpec, 'source' | 'target'>), waves: [{ name: 'all', namespaceSelector: {} }] };
}

function joined(template: PodTemplate, { join }: MeshAdapter): PodTemplate {
  return changed(template, { 'meshmigration.io/to': join.mesh, 'meshmigration.io/from': 'nothing' });
}

function left(template: PodTemplate, { leave }: MeshAdapter): PodTemplate {
  return changed(template, { 'meshmigration.io/to': 'none', 'meshmigration.io/from': leave.mesh });
}

// Through the product's own interpreter, so that adapter and admission are held to the same meaning.
function changed(template: PodTemplate, keys: Record<string, string>): PodTemplate {
  const annotations = { ...(template.metadata?.annotations ?? {}), ...keys };
  const keyed = { ...template, metadata: { ...template.metadata, annotations } };
  return withoutEmpty(applyPatch(keyed, podPatch(keyed, {}, allAdapters)));
}

const oddText = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '$(NODE_NAME):4140',
    '$(',
    '__proto__',
    'http_proxy',
    '-Dhttp.proxyHost=',
    '`hostIP.sh`:4140',
    'l5d:',
    'linkerd-proxy',
  ),
);
const oddValue = fc.oneof(oddText, fc.integer(), fc.constant(null), fc.constant([]), fc.constant({}));
const oddVariable = fc.oneof(
  oddValue,
  fc.record(
    { name: oddValue, value: oddValue, valueFrom: fc.oneof(oddValue, fc.record({ fieldRef: oddValue, secretKeyRef: oddValue })) },
    { requiredKeys: [] },
  ),
);
const oddContainer = fc.oneof(
  oddValue,
  fc.record(
    {
      name: oddValue,
      image: oddValue,
      env: fc.oneof(oddValue, fc.array(oddVariable)),
      args: fc.oneof(oddValue, fc.array(oddValue)),
      envFrom: fc.array(oddValue),
      ports: fc.array(oddValue),
    },
    { requiredKeys: [] },
  ),
);
const hostileTemplate = fc
  .oneof(
    oddValue,
    fc.record(
      {
        metadata: fc.oneof(
          oddValue,
          fc.record(
            { annotations: fc.oneof(oddValue, fc.dictionary(oddText, oddValue)), labels: oddValue },
            { requiredKeys: [] },
          ),
        ),
        spec: fc.oneof(
          oddValue,
          fc.record(
            {
              containers: fc.oneof(oddValue, fc.array(oddContainer)),
              initContainers: fc.oneof(oddValue, fc.array(oddContainer)),
              volumes: oddValue,
              hostNetwork: oddValue,
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    ),
  )
  .map((value) => value as unknown as PodTemplate);
