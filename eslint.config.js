// Lint: house limits and the arrows between rooms, as errors. The same arrows are checked once more by test/architecture.
import tseslint from 'typescript-eslint';

const arrow = (files, banned, why) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ group: banned, message: why }] }],
  },
});
const clientNode = '@kubernetes/client-node';

export default tseslint.config(
  { ignores: ['node_modules/**', 'dist/**', '.cache/**', 'charts/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      complexity: ['error', 10],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 4],
      'max-params': ['error', 4],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  arrow(['src/api/**'], ['../**', 'node:*', '@*/*', '*/**/core/**'], 'api imports nothing'),
  arrow(
    ['src/core/**'],
    [
      '**/mesh/**',
      '**/admission/**',
      '**/controller/**',
      '**/runtime/**',
      '**/kube/**',
      '**/telemetry/**',
      '**/cli/**',
      'node:*',
      clientNode,
      'winston',
      'undici',
      'prom-client',
      'p-queue',
    ],
    'core is pure: it imports api only',
  ),
  arrow(
    ['src/mesh/**'],
    ['**/admission/**', '**/controller/**', '**/cli/**', '**/main.ts', clientNode],
    'a mesh room knows api, core and its readers in kube and runtime',
  ),
  arrow(
    ['src/admission/**'],
    ['**/controller/**', '**/cli/**', '**/main.ts', clientNode],
    'admission compiles what the meshes say',
  ),
  arrow(
    ['src/controller/**'],
    ['**/cli/**', '**/admission/**', '**/main.ts', clientNode],
    'the controller knows neither admission nor cli',
  ),
  arrow(['src/cli/**'], ['**/controller/**', '**/main.ts', clientNode], 'the cli shares the pure code and the readers'),
  arrow(
    ['src/runtime/**', 'src/telemetry/**'],
    ['**/api/**', '**/core/**', '**/mesh/**', '**/admission/**', '**/controller/**', '**/cli/**', '**/main.ts', clientNode],
    'runtime and telemetry know no mesh and no migration',
  ),
  arrow(
    ['src/kube/**'],
    ['**/api/**', '**/core/**', '**/mesh/**', '**/admission/**', '**/controller/**', '**/cli/**', '**/main.ts'],
    'kube knows no mesh and no migration',
  ),
  {
    files: ['test/**'],
    rules: {
      'max-lines-per-function': 'off',
      // A scenario or a monitor reads best in one piece.
      complexity: ['error', 15],
      'max-params': ['error', 5],
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs', 'bin/*'], ...tseslint.configs.disableTypeChecked },
  // The tool wants its configuration as a default export.
  { files: ['eslint.config.js'], rules: { 'no-restricted-exports': 'off' } },
);
