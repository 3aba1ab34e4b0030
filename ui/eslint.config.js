import { existsSync } from 'node:fs';
import { normalize } from 'node:path';
import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Forbids imports that climb the layers; the message says which rule is broken. */
function layer(files, groups) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...groups,
            {
              group: ['@tauri-apps/*'],
              message: 'Only lib/api/tauri.ts knows Tauri.',
            },
          ],
        },
      ],
    },
  };
}

const VIEWS = { group: ['**/views/*', '**/App.svelte'], message: 'Views are the top layer; nothing below may know them.' };
const DOMAIN = { group: ['$components/*', '$components/**'], message: 'Shared components know no domain.' };
const SHARED = { group: ['$shared/*', '$components/*', '$components/**'], message: 'lib knows no component.' };
const STATE = { group: ['$lib/state/*'], message: 'Values and callbacks come in as props; state belongs to views.' };
const FIXTURES = { group: ['**/fixtures/*', '**/fake'], message: 'Fixtures are for tests and for the gallery.' };

export default ts.config(
  { ignores: ['dist/', 'dist-gallery/', 'src/lib/api/bindings.ts', 'test-results/', 'playwright-report/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: {
        // Named here too: the cycle rule parses .svelte files on behalf of .ts files.
        parser: ts.parser,
        projectService: { allowDefaultProject: ['*.js', 'public/*.js', 'e2e/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.svelte'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'], 'svelte-eslint-parser': ['.svelte'] },
      'import-x/resolver-next': [aliases()],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name=/^toLocale(Date|Time)?String$/]",
          message: 'Only <Time> prints time; use lib/format.',
        },
        {
          selector: "NewExpression[callee.property.name='DateTimeFormat']",
          message: 'Only lib/format/time.ts formats time.',
        },
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Time comes from the engine; see lib/state/clock.',
        },
        { selector: "SvelteMustacheTag[kind='raw']", message: 'Strings from outside are shown as text only.' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNullish: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/dot-notation': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // The checker behind the parser cannot see the types of snippets and props; svelte-check can.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'svelte/no-at-html-tags': 'error',
      'svelte/prefer-svelte-reactivity': 'off',
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  layer(['src/lib/{design,format,keys}/**'], [VIEWS, SHARED, STATE, FIXTURES]),
  layer(['src/lib/state/**'], [VIEWS, SHARED, FIXTURES]),
  layer(['src/lib/api/**'], [VIEWS, SHARED, STATE]),
  layer(['src/components/shared/**'], [VIEWS, DOMAIN, STATE, FIXTURES]),
  layer(['src/components/{release,plan,run,timeline,drill,judgement,board}/**'], [VIEWS, FIXTURES]),
  layer(['src/views/**', 'src/components/frame/**', 'src/App.svelte', 'src/main.ts'], [FIXTURES]),
  {
    files: ['src/lib/api/tauri.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [VIEWS, SHARED, STATE] }] },
  },
  {
    files: ['src/lib/format/time.ts', 'src/main.ts', 'src/lib/api/fixtures/**', 'e2e/**'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['*.js', 'public/*.js', 'e2e/**'],
    ...ts.configs.disableTypeChecked,
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
);

/** Resolves the aliases of vite.config.ts for the cycle rule. */
function aliases() {
  const src = `${import.meta.dirname}/src`;
  const table = { $lib: `${src}/lib`, $shared: `${src}/components/shared`, $components: `${src}/components` };
  return {
    interfaceVersion: 3,
    name: 'aliases',
    resolve(source, file) {
      const [head, ...rest] = source.split('/');
      const base = table[head] ?? (source.startsWith('.') ? `${file.slice(0, file.lastIndexOf('/'))}/${head}` : undefined);
      if (base === undefined) return { found: false };
      const path = nodePath([base, ...rest].join('/'));
      return path === undefined ? { found: false } : { found: true, path };
    },
  };
}

function nodePath(path) {
  return ['', '.ts', '.svelte', '.svelte.ts']
    .map((ending) => normalize(path + ending))
    .find((candidate) => /\.(ts|svelte)$/.test(candidate) && existsSync(candidate));
}
