// What is run, in which order: the stages of each group. Says nothing of how they are run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Commands that belong together. Several are run beside each other, a few at a time. */
export interface Stage {
  readonly name: string;
  /** What a person can expect on two cores with warm caches. */
  readonly about: string;
  readonly commands: readonly (readonly string[])[];
  readonly env?: Readonly<Record<string, string>>;
  /** Starts real nodes: runs where there are root and namespaces to be had, and is left out, with a word, elsewhere. */
  readonly nodes?: boolean;
}

const root = join(import.meta.dirname, '..');
const inside = ['node', 'test/cluster/inside.ts', '--'];
const mocha = (timeoutSeconds: number, ...globs: readonly string[]): string[] => [
  'mocha',
  '--timeout',
  `${timeoutSeconds * 1_000}`,
  ...globs,
];

const checks: readonly Stage[] = [
  { name: 'generated files are current', about: '10 s', commands: [['node', 'build/generate.ts', '--check']] },
  { name: 'types', about: '5 s', commands: [['npm', 'run', '-s', 'typecheck']] },
  { name: 'lint', about: '40 s', commands: [['npm', 'run', '-s', 'lint']] },
  { name: 'format', about: '10 s', commands: [['npm', 'run', '-s', 'format:check']] },
];

const unit: readonly Stage[] = [
  {
    name: 'unit, golden, contract and architecture tests',
    about: '20 s',
    commands: [mocha(10, ...['unit', 'golden', 'contract', 'architecture'].map((room) => `test/${room}/**/*.test.ts`))],
  },
  { name: 'property tests', about: '2 min', commands: [mocha(600, 'test/property/**/*.test.ts')] },
];

// A stage of its own: no test has the patience for the first time.
const programs: Stage = {
  name: 'programs of the test cluster (first time: built from Go modules)',
  about: '1 s; the first time about 10 min',
  commands: [[...inside, 'true']],
};

const integration: readonly Stage[] = [
  programs,
  {
    name: 'programs that tests use beside it (first time: built from Go modules)',
    about: '1 s; the first time about 2 min',
    commands: [['node', 'test/cluster/prepare.ts']],
  },
  {
    name: 'how programs are built and shut in',
    about: '15 s',
    commands: [mocha(60, 'test/cluster/build.test.ts', 'test/cluster/inside.test.ts')],
  },
  { name: 'the test cluster itself', about: '20 s', commands: [[...inside, ...mocha(180, 'test/cluster/cluster.test.ts')]] },
  {
    name: 'integration tests on a real API server, a cluster for each file of migrations and for each other room',
    about: '7 min',
    commands: suites().map((suite) => [...inside, ...mocha(300, `test/integration/${suite}`)]),
  },
];

const onNodes = ['node', 'test/e2e/node/inside.ts', '--'];
const nodes: readonly Stage[] = [
  {
    name: 'programs of real nodes (first time: built from Go modules)',
    about: '1 s; the first time about 10 min',
    commands: [[...onNodes, 'true']],
    nodes: true,
  },
  { name: 'stand-ins of both meshes against the recordings', about: '5 s', commands: [mocha(60, 'test/e2e/meshes/*.test.ts')] },
  {
    name: 'real nodes',
    about: '30 s',
    commands: [[...onNodes, ...mocha(300, 'test/e2e/node/nodes.test.ts')]],
    nodes: true,
  },
  { name: 'how real nodes end', about: '40 s', commands: [mocha(120, 'test/e2e/node/ending.test.ts')], nodes: true },
];

// What is told of lost calls by a busy machine: stages run one after the other, so that these have the machine to themselves, and
// one whose control lost calls as well is repeated once (test/run.ts).
const underLoad = (about: string, ...files: readonly string[]): Stage => ({
  name: 'migrations of real pods under load',
  about,
  commands: [[...onNodes, ...mocha(300, ...files.map((file) => `test/e2e/migration/${file}.test.ts`))]],
  nodes: true,
});

const rights: Stage = {
  name: 'rights of the operator, over all that ran on real nodes',
  about: '5 s',
  commands: [mocha(60, 'test/e2e/rights.test.ts')],
  nodes: true,
};

const long = (name: string, about: string, ...files: readonly string[]): Stage => ({
  name,
  about,
  commands: [[...onNodes, ...mocha(400, ...files.map((file) => `test/e2e/long/${file}.test.ts`))]],
  nodes: true,
});

const disturbed: readonly Stage[] = [
  long(
    'faults of workloads, nodes and control plane under load',
    '15 min',
    'faults',
    'cutover',
    'linkerd1-away',
    'records',
    'control-plane',
  ),
  long('Helm on real nodes', '3 min', 'install'),
  {
    name: 'mistakes that the load must find',
    about: '4 min',
    commands: [mocha(900, 'test/e2e/long/mutants.test.ts')],
    nodes: true,
  },
];

const demo: Stage = { name: 'demo', about: '90 s', commands: [[...inside, 'node', 'test/demo/demo.ts']] };

/** The groups by name. */
export const groups: Readonly<Record<string, readonly Stage[]>> = {
  unit: [...checks, ...unit],
  integration,
  demo: [programs, demo],
  e2e: [...nodes, underLoad('7 min', 'under-load', 'replicas'), rights],
  test: [...checks, ...unit, ...integration, demo, ...nodes, underLoad('5 min', 'under-load'), rights],
  long: [
    ...[...checks, ...unit, ...integration, demo, ...nodes],
    ...[underLoad('7 min', 'under-load', 'replicas'), ...disturbed, rights],
  ].map((stage) => ({ ...stage, env: { LONG: '1' } })),
};

// The longest first, so that none of them is what everything waits for in the end.
function suites(): string[] {
  const entries = readdirSync(join(root, 'test', 'integration'), { withFileTypes: true });
  const rooms = entries.filter((entry) => entry.isDirectory() && entry.name !== 'move').map(({ name }) => `${name}/*.test.ts`);
  const moves = readdirSync(join(root, 'test', 'integration', 'move')).filter((file) => file.endsWith('.test.ts'));
  return [...moves.map((file) => `move/${file}`), ...rooms, '*.test.ts'];
}
