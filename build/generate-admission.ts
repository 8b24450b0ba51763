// Writes config/admission from what the adapters say, or with --check says which file is not current and fails.

import { renderAdmission } from './admission-files.ts';
import { settle } from './generated-files.ts';

process.exitCode = settle(renderAdmission());
