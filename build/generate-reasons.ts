// Writes docs/reasons.md from the reasons in the code, or with --check says that it is not current and fails.

import { settle } from './generated-files.ts';
import { renderReasons } from './reasons.ts';

process.exitCode = settle(new Map([['docs/reasons.md', renderReasons()]]));
