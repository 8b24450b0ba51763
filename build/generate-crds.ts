// Writes crds/*.yaml from the TypeScript types of the API, or with --check says which file is not current and fails.

import { renderCrds } from './crd/render.ts';
import { projectRoot, settle } from './generated-files.ts';

const files = [...renderCrds(projectRoot)].map(([name, content]) => [`crds/${name}`, content] as const);
process.exitCode = settle(new Map(files));
