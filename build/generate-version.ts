// Writes the version that programs tell of themselves, from package.json; with --check fails when it is another.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, settle } from './generated-files.ts';

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
const text = `// Telemetry room: which version of the product this is. Generated from package.json by \`make generate\`.

/** As in package.json, for example 1.2.3. */
export const VERSION = '${version}';
`;

process.exitCode = settle(new Map([['src/telemetry/version.ts', text]]));
