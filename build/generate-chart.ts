// Writes what the Helm chart shares with config/ and package.json, or with --check says which file is not current and fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderTemplates } from './chart/render.ts';
import { projectRoot, settle } from './generated-files.ts';

const { version, description, license } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  version: string;
  description: string;
  license: string;
};

const chart = `# Generated from package.json by \`make generate\`.
apiVersion: v2
name: meshmigration
description: ${description}
type: application
version: ${version}
appVersion: ${version}
# Before 1.36 with admission=webhook.
kubeVersion: ">=1.31.0-0"
annotations:
  artifacthub.io/license: ${license}
`;

process.exitCode = settle(new Map([['charts/meshmigration/Chart.yaml', chart], ...renderTemplates()]));
