// Builds and downloads what tests on the test cluster use beside it: inside its network there is no way to any registry, and no test has
// the patience. It starts nothing.
import { buildPrograms } from './build.ts';
import { gatewayApiFolder } from './modules.ts';
import { COREDNS, HELM } from './programs.ts';

try {
  await buildPrograms([COREDNS, HELM]);
  await gatewayApiFolder();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
