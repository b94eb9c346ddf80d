// @ts-check
import { createRequire } from 'node:module';
import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Its ES module reaches a `@graphql-tools/merge` that wants a newer `utils` than the overrides admit; the CommonJS build does not mind.
const graphql = createRequire(import.meta.url)('@graphql-eslint/eslint-plugin');

const ENVIRONMENT = 'The environment is read in src/config/load.ts alone: add a variable there.';

const CONTRACT = 'graphql/schema.graphql';

export default defineConfig(
  { ignores: ['dist/**', 'dist.*/**', 'node_modules/**', 'data/**', 'coverage/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: ['**/*.{ts,js,cjs,mjs}'], extends: [eslint.configs.recommended] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // Numbers in templates are this project's everyday; anything else must say how it becomes text.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => void call()` and one-line arrows that return nothing read well.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // An interface may ask for a promise that one of its implementations has at once.
      '@typescript-eslint/require-await': 'off',
      // Services and stores are closures: their functions have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // TypeORM types its plain option objects as classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `type-graphql` and TypeORM describe things with classes.
      '@typescript-eslint/no-extraneous-class': 'off',
      // Loops that end by `return` are written as `for (;;)` or `while (true)`.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: ENVIRONMENT }],
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'].map((name) => ({ name, importNames: ['env', 'default'], message: ENVIRONMENT })) },
      ],
    },
  },
  { files: ['src/config/load.ts', 'src/testing/services.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['src/tools/**', 'client-examples/**', 'bench/**'], rules: { 'no-console': 'off' } },
  // TypeORM's command line finds the data source by its default export.
  { files: ['ormconfig.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.test.ts', '**/*.browser.ts', '**/*.slow.ts', '**/*.production.ts', '**/*.contract.ts', 'src/testing/**/*.ts', 'bench/faults/*.ts', 'bench/append-postgres/*.ts'],
    rules: {
      // jest's matchers and parsed replies are untyped; a wrong guess fails the test.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: { process: 'readonly', Buffer: 'readonly', URL: 'readonly', console: 'readonly', Blob: 'readonly', setTimeout: 'readonly', setImmediate: 'readonly' },
    },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', module: 'writable', __dirname: 'readonly', __filename: 'readonly' } },
  },
  {
    files: [CONTRACT],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: CONTRACT } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      '@graphql-eslint/require-description': ['error', {
        types: true, rootField: true, DirectiveDefinition: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true,
        // The three roots explain themselves by their fields.
        ignoredSelectors: ['[type=ObjectTypeDefinition][name.value=/^(Query|Mutation|Subscription)$/]'],
      }],
      '@graphql-eslint/naming-convention': ['error', {
        types: 'PascalCase', FieldDefinition: 'camelCase', InputValueDefinition: 'camelCase', Argument: 'camelCase', DirectiveDefinition: 'camelCase',
        // Roles of chat messages are spelt as model providers spell them, so that they go into a request as they are.
        'EnumValueDefinition[parent.name.value!=ChatRole]': 'UPPER_CASE',
        InputObjectTypeDefinition: { requiredSuffixes: ['Input'] },
        EnumTypeDefinition: { forbiddenPrefixes: ['Enum'], forbiddenSuffixes: ['Enum', 'Type'] },
        ObjectTypeDefinition: { forbiddenPrefixes: ['Type'], forbiddenSuffixes: ['Type', 'Input'] },
        'FieldDefinition[parent.name.value=Query]': { forbiddenPrefixes: ['query', 'get', 'list', 'fetch'], forbiddenSuffixes: ['Query'] },
        'FieldDefinition[parent.name.value=Mutation]': { forbiddenPrefixes: ['mutation'], forbiddenSuffixes: ['Mutation'] },
        'FieldDefinition[parent.name.value=Subscription]': { forbiddenPrefixes: ['subscription', 'on'], forbiddenSuffixes: ['Subscription'] },
      }],
      // Lists and cursors run one way, from the newest or from the first; plain lists of short things stand beside connections.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
      // Parts, settings and steps have no identity of their own.
      '@graphql-eslint/strict-id-in-types': 'off',
    },
  },
);
