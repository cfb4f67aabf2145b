// Lint rules: strict types, and the order in which the shop's modules may depend on each other.
import eslint from '@eslint/js'
import tseslint from 'typescript-eslint'

/** The shop's modules, lowest first. Each may import the modules before it, but none after it. */
export const MODULES = [
  'messages',
  'telemetry',
  'database',
  'http',
  'documents',
  'audit',
  'settings',
  'policies',
  'incidents',
  'outbox',
  'shipping',
  'pictures',
  'catalog',
  'accounts',
  'operators',
  'orders',
  'payments',
  'numbers',
  'reconciliation',
  'cart',
  'stock-notices',
  'checkout',
  'fulfilment',
  'disputes',
  'customers',
  'account-pages',
  'retention',
  'mail',
  'webhooks',
  'backup',
  'repair',
  'background',
  'api',
  'admin',
  'doctor',
  'commands',
]

const PACKAGES = {
  regex: '^(stripe-sandbox|dev-postgres)(/|$)|(^|/)packages/',
  message:
    'Production installs neither package. Only start-process.ts and commands/run.ts may import them, dynamically.',
}

const ENVIRONMENT_MESSAGE = 'Only config.ts reads the environment: add the variable there and pass its value.'
const ENVIRONMENT = [
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: ENVIRONMENT_MESSAGE },
  { selector: "MemberExpression[object.name='process'][property.value='env']", message: ENVIRONMENT_MESSAGE },
  {
    selector: "VariableDeclarator[init.name='process'] Property[key.name='env']",
    message: ENVIRONMENT_MESSAGE,
  },
  { selector: 'ImportDeclaration[source.value=/^(node:)?process$/]', message: ENVIRONMENT_MESSAGE },
]

const PACKAGE_IMPORT = {
  selector: 'ImportExpression[source.value=/^(stripe-sandbox|dev-postgres)$|packages\\//]',
  message: PACKAGES.message,
}

/** Forbids a module to import the modules above it and the files that wire the shop together. */
function moduleOrder(name) {
  const above = MODULES.slice(MODULES.indexOf(name) + 1).join('|')
  const message = `"${name}" is below that module: dependencies point down the order in eslint.config.mjs. Move the code down, or pass it in.`
  const patterns = [
    PACKAGES,
    {
      regex: '^(\\.\\./)+(app|shop|main|start-process)\\.js$',
      message:
        'app.ts, shop.ts, main.ts and start-process.ts wire the modules together: modules must not import them.',
    },
    ...(above === '' ? [] : [{ regex: `^(\\.\\./)+(${above})/`, message }]),
  ]
  return {
    files: [`src/${name}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns }],
      'no-restricted-syntax': [
        'error',
        ...ENVIRONMENT,
        PACKAGE_IMPORT,
        ...(above === ''
          ? []
          : [{ selector: `ImportExpression[source.value=/^(\\.\\.\\/)+(${above})\\//]`, message }]),
      ],
    },
  }
}

export default tseslint.config(
  { ignores: ['**/dist', 'src/generated', '.till', 'public', 'coverage'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      // These two took two fifths of the time of all rules, and reported nothing.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    // supertest types response bodies as "any". The assertions check them.
    files: ['tests/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        AbortSignal: 'readonly',
        clearInterval: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        process: 'readonly',
        setInterval: 'readonly',
        URL: 'readonly',
      },
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [PACKAGES] }],
      'no-restricted-syntax': ['error', ...ENVIRONMENT, PACKAGE_IMPORT],
    },
  },
  {
    files: ['src/config.ts', 'src/money.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            PACKAGES,
            {
              regex: '^\\./(?!messages/).*/',
              message: 'Every module depends on this file, so it must not import any of them but messages.',
            },
          ],
        },
      ],
    },
  },
  ...MODULES.map(moduleOrder),
  {
    files: ['src/config.ts'],
    rules: { 'no-restricted-syntax': ['error', PACKAGE_IMPORT] },
  },
  {
    files: ['src/start-process.ts', 'src/commands/run.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ENVIRONMENT] },
  },
  {
    files: ['packages/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(\\.\\./){3,}(src|tests|bench|scripts)/',
              message: 'Packages must not import anything from the shop.',
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportExpression[source.value=/^(\\.\\.\\/){3,}(src|tests|bench|scripts)\\//]',
          message: 'Packages must not import anything from the shop.',
        },
      ],
    },
  },
)
