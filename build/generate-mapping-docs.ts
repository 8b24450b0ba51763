// Writes docs/linkerd1-mapping.md from the mapping table, or with --check says that it is not current and fails.

import { mappingPage } from '../src/mesh/linkerd1/translate/mapping-page.ts';
import { settle } from './generated-files.ts';

process.exitCode = settle(new Map([['docs/linkerd1-mapping.md', mappingPage()]]));
