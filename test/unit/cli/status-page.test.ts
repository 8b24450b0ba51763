import { expect } from 'chai';
import fc from 'fast-check';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { asciiGlyphs, paint, unicodeGlyphs } from '../../../src/cli/line.ts';
import { fittedPage, pageLines } from '../../../src/cli/status/page.ts';
import { widthOf } from '../../../src/cli/text.ts';
import { conditions, inMidMove, migration, namespaces, record, row, workloads } from './objects.ts';

const wide = { width: 80, glyphs: unicodeGlyphs };

function page(migrations: MeshMigration[], records: NamespaceMigration[] = [], name?: string): string[] {
  return pageLines({ migrations, records }, name, wide).map((line) => paint(line, false));
}

/** The page of one migration, whose records are given. */
function pageOf(one: { migration: MeshMigration; records: NamespaceMigration[] }): string[] {
  return page([one.migration], one.records);
}

describe('the status of a migration', () => {
  it('is a tree of waves, namespaces and workloads with states, reasons and remedies', () => {
    expect(pageOf(inMidMove())).to.deep.equal([
      'demo  Linkerd1 → Linkerd2',
      '● InProgress: moving wave shop',
      'Namespaces  ██████░░░░░░░░░░░░░░  1/3 migrated, 1 in flight',
      'Workloads   ██████████░░░░░░░░░░  3/8 verified, 2 moving, 1 armed, 1 restored',
      '├─ ✓ wave canary  1/1 migrated               took 43 s',
      '│  └─ ✓ sandbox   Migrated  2/3',
      '│     └─ ✓ CronJob/nightly      Armed     judged at its next run',
      '└─ ● wave shop    0/2 migrated, 1 in flight',
      '   ├─ · cart      Pending',
      '   └─ ● payments  Cutover   1/4  attempt 2, 2 workloads on their way',
      '      ├─ ✗ Deployment/ledger    Restored',
      '      │     ProgressDeadlineExceeded: not verified within 15 s: the proxy in',
      '      │     ledger-6d5f-abcde is not ready',
      '      │     > Repair what the message names; then set a new value of',
      '      │       meshmigration.io/retry-at.',
      '      ├─ ● Deployment/payments  Moving    RollingOut: 2 of 6 pods are of the ne…',
      '      └─ ● Deployment/risk      Moving',
      '            TooLittleTraffic: 3 of the 20 responses that a verdict needs; at',
      '            2026-03-01T10:15:43Z the namespace halts',
      '            > Set health.minimumRequests.',
    ]);
  });

  it('never is wider than the terminal, whatever names and messages are like', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(
      fc.property(words, fc.stringMatching(/^[a-z0-9]{1,253}$/), fc.integer({ min: 40, max: 120 }), (text, name, width) => {
        const status = {
          step: 'Halted' as const,
          ...{ reason: 'WorkloadFailed', message: text, remedy: text },
          workloads: [
            row(name, 'Failed', { reason: 'SomethingLong', message: text, remedy: text }),
            row(name, 'Moving', { message: text }),
          ],
        };
        const picture = { migrations: [migration({ name })], records: [record(name.slice(0, 63), status, { migration: name })] };
        for (const glyphs of [unicodeGlyphs, asciiGlyphs]) {
          const lines = pageLines(picture, undefined, { width, glyphs }).map((line) => paint(line, false));
          expect(lines.filter((line) => widthOf(line) > width)).to.deep.equal([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('uses no character beyond ASCII where the locale has none', () => {
    const { migration: one, records } = inMidMove();
    const text = pageLines({ migrations: [one], records }, undefined, { width: 80, glyphs: asciiGlyphs })
      .map((line) => paint(line, false))
      .join('\n');

    expect(text).to.match(/^[\x20-\x7E\n]+$/);
  });

  it('shows for how long it runs only where it is drawn again and again', () => {
    const now = Date.parse('2026-03-01T10:02:05Z');
    const [title = []] = pageLines({ migrations: [migration()], records: [] }, undefined, { ...wide, now });

    expect(paint(title, false)).to.equal('demo  Linkerd1 → Linkerd2  2 min 5 s');
  });

  it('has colours only when asked for', () => {
    const [, standing = []] = pageLines({ migrations: [migration()], records: [] }, undefined, wide);

    expect(paint(standing, true)).to.contain('\u001B[36m');
    expect(paint(standing, false)).to.not.contain('\u001B');
  });

  it('says of a migration that no operator has seen what to check', () => {
    const lines = page([migration({ status: { conditions: undefined } })]).join(' ');

    expect(lines).to.contain('Not seen by the operator').and.to.contain('kubectl get pods');
  });

  it('says when the status speaks of an older spec', () => {
    const changed = migration();
    changed.metadata.generation = 4;

    expect(page([changed]).join(' ')).to.contain('the operator has seen generation 1 of the spec, and there is 4');
  });

  it('tells which wave waits for approval and how to give it', () => {
    const lines = page([
      migration({
        spec: { waves: [{ name: 'rest', namespaceSelector: {}, requireApproval: true }] },
        status: {
          conditions: conditions('suspended', 'AwaitingApproval', 'wave rest waits for approval'),
          currentWave: 'rest',
          waves: [{ name: 'rest', namespaces: namespaces({ total: 40, pending: 40 }) }],
        },
      }),
    ]).join('\n');

    expect(lines).to.contain('! AwaitingApproval: wave rest waits for approval');
    expect(lines).to.contain('· wave rest').and.to.contain('needs approval').and.to.contain('40 by label');
    expect(lines).to.contain('"advanceThrough":"rest"');
  });

  it('names a failure that concerns no line of the tree, with its remedy', () => {
    const failures = [
      { reason: 'InvalidSpec', message: 'waves[1] names kube-system', remedy: 'Take it out of the wave.' },
      { namespace: 'late', reason: 'NoWaveLeft', message: 'it appeared too late', remedy: 'Add a wave that matches it.' },
    ];
    const status = { failures, conditions: conditions('stalled', 'InvalidSpec', 'waves[1] names kube-system') };
    const lines = page([migration({ status })]);

    expect(lines).to.include.members([
      '✗ Stalled (InvalidSpec): waves[1] names kube-system',
      '  > Take it out of the wave.',
      '  NoWaveLeft: late: it appeared too late',
      '  > Add a wave that matches it.',
    ]);
    expect(lines.filter((line) => line.includes('waves[1]'))).to.have.length(1);
  });

  it('gives the command that tries again, once, where a remedy asks for it and the end is reached', () => {
    const remedy = 'Repair it; then set a new value of meshmigration.io/retry-at.';
    const failure = { namespace: 'cart', reason: 'WorkloadFailed', message: 'it failed', remedy };
    const failures = [failure, { ...failure, namespace: 'payments' }];
    const ended = page([migration({ status: { failures, conditions: conditions('stalled', 'Failed', 'some failed') } })]).join(
      ' ',
    );
    const running = page([migration({ status: { failures } })]).join(' ');
    const command = 'kubectl annotate meshmigration demo --overwrite';

    expect(ended.replaceAll(/\s+/g, ' ').split(command)).to.have.length(2);
    expect(running.replaceAll(/\s+/g, ' ')).to.not.contain(command);
  });

  it('shows a namespace that belongs to another migration as blocked, with the reason', () => {
    const failures = [
      { namespace: 'cart', reason: 'Overlap', message: 'it belongs to MeshMigration other', remedy: 'Take it out.' },
    ];
    const lines = page([migration({ status: { failures } })]);

    expect(lines).to.include.members([
      '   ├─ ✗ cart      Blocked',
      '   │     Overlap: it belongs to MeshMigration other',
      '   │     > Take it out.',
    ]);
  });

  it('says to the end which workload was taken for moved without a verdict', () => {
    const quiet = {
      workload: 'Deployment/quiet',
      reason: 'TooLittleTraffic',
      message: '0 of the 20 responses that a verdict needs',
    };
    const other = { reason: 'DisruptionBudget', message: 'its budget is tight' };
    const status = { step: 'Migrated' as const, reason: 'Migrated', warnings: [quiet, other] };
    const lines = page([migration()], [record('cart', status)]).join(' ');

    expect(lines)
      .to.contain('Deployment/quiet')
      .and.to.contain('0 of the 20 responses')
      .and.to.not.contain('its budget is tight');
  });

  it('shows a name in a wave that no namespace has as not found, with the reason', () => {
    const failure = {
      namespace: 'cart',
      reason: 'NamespaceNotFound',
      message: 'there is no namespace "cart"',
      remedy: 'Correct it.',
    };
    const lines = page([migration({ status: { failures: [failure] } })]);

    expect(lines.find((line) => line.includes(' cart'))).to.match(/! cart +Not found/);
    expect(lines.join(' ')).to.contain('there is no namespace "cart"').and.to.contain('> Correct it.');
  });

  it('shows what blocks a namespace before anything is written', () => {
    const status = {
      step: 'Preflight',
      blocked: true,
      reason: 'TargetNotReady',
      message: 'no injector',
      remedy: 'Repair it.',
    } as const;
    const lines = pageOf({ migration: migration(), records: [record('cart', status)] }).join('\n');

    expect(lines).to.contain('✗ cart').and.to.contain('Blocked in Preflight').and.to.contain('TargetNotReady: no injector');
    expect(lines).to.contain('> Repair it.');
  });

  it('counts workloads exactly, also those that the status has no room for', () => {
    const counts = workloads({ total: 900, armed: 2, moving: 898 });
    const status = { step: 'Cutover', counts, progress: '0/900', workloads: [row('a', 'Armed'), row('b', 'Moving')] } as const;
    const lines = pageOf({ migration: migration(), records: [record('cart', { ...status, workloads: [...status.workloads] })] });

    expect(lines.join('\n'))
      .to.match(/897 more +Moving/)
      .and.to.match(/1 more +Armed/);
  });

  it('shows an accepted exception with the reason a person gave, and asks nobody to look at it', () => {
    const accepted = row('agent', 'Listed', {
      kind: 'DaemonSet',
      reason: 'HostNetwork',
      accepted: 'it must',
      remedy: 'Change it.',
    });
    const lines = pageOf({ migration: migration(), records: [record('cart', { step: 'Migrated', workloads: [accepted] })] });

    expect(lines.join('\n')).to.match(/· DaemonSet\/agent +Listed +HostNetwork, accepted: it must/);
    expect(lines.join('\n')).to.not.contain('Change it.');
  });

  it('shows how far the way back is, and no row for what is simply back', () => {
    const counts = workloads({ total: 3, restored: 2, moving: 1 });
    const rows = [
      row('a', 'Restored', { reason: 'RolledBack' }),
      row('b', 'Restored', { reason: 'RolledBack' }),
      row('c', 'Moving', { reason: 'Restoring' }),
    ];
    const lines = pageOf({
      migration: migration(),
      records: [record('cart', { step: 'Restore', counts, workloads: rows })],
    }).join('\n');

    expect(lines).to.contain('2/3 in the source').and.to.contain('Going back').and.to.contain('Deployment/c');
    expect(lines).to.not.contain('Deployment/a');
  });

  it('shows every migration and the records that have none, when no name is given', () => {
    const lines = page(
      [migration({ name: 'a' }), migration({ name: 'b' })],
      [record('old', { step: 'Migrated' }, { migration: 'gone' })],
    );

    expect(lines.filter((line) => /^[ab] {2}/.test(line))).to.have.length(2);
    expect(lines.join(' ')).to.contain('MeshMigration is gone; they stay as they are: old (gone)');
  });

  it('says what to do when there is no migration at all', () => {
    expect(page([]).join(' ')).to.contain('There is no MeshMigration').and.to.contain('config/samples');
  });
});

describe('the status on a low terminal', () => {
  const many = Array.from({ length: 30 }, (_, i) =>
    record(`ns-${String(i).padStart(2, '0')}`, { step: 'Migrated', progress: '3/3' }),
  );
  const failed = record('shaky', { step: 'Halted', reason: 'WorkloadFailed', message: 'no', remedy: 'Repair it.' });
  const picture = {
    migrations: [migration({ spec: { waves: [{ name: 'shop', namespaceSelector: {} }] } })],
    records: [...many, failed],
  };
  const fitted = (rows: number): string[] => fittedPage(picture, { name: 'demo', rows }, wide).map((line) => paint(line, false));

  it('folds what went well before what needs a look', () => {
    const lines = fitted(12).join('\n');

    expect(lines).to.contain('30 namespaces').and.to.contain('✗ shaky').and.to.contain('> Repair it.');
  });

  it('never has more lines than the terminal, and says what is missing', () => {
    expect(fitted(6)).to.have.length(6);
    expect(fitted(6).at(-1)).to.match(/more lines; all of it: kubectl mm status/);
  });

  it('is whole where there is room', () => {
    expect(fitted(100)).to.deep.equal(page([...picture.migrations], [...picture.records], 'demo'));
  });
});
