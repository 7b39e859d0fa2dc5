/** A file that breaks one rule on purpose, and the expected message. */
export interface SeededViolation {
  rule: string
  /** The part of `check` that must find it. */
  part: 'format' | 'lint' | 'types' | 'boundaries' | 'dead code'
  file: string
  text: string
  /** In the same report as the file. */
  message: string
}

const lines = (count: number, line: string) => Array.from({ length: count }, () => line).join('\n')
const branches = (count: number) => lines(count, `  if (n === Math.random()) return 1`)

/** One violation for each fence of this repository. */
export const SEEDED_VIOLATIONS: SeededViolation[] = [
  ...imports([
    ['an app imports an app', 'apps/worker', 'api', 'No package imports an app'],
    ['an app starts a simulator', 'apps/api', 'cluster-sim', 'import the simulators'],
    ['an app imports the bench', 'apps/api', 'bench', 'No package imports the bench'],
    ['a source file imports the testkit', 'apps/api', 'testkit', 'Only tests'],
    ['the API imports the local Redis', 'apps/api', 'local-redis', 'Only the CLI, the testkit'],
    [
      'the worker imports the local Redis',
      'apps/worker',
      'local-redis',
      'Only the CLI, the testkit',
    ],
    ['the CLI imports the scan store', 'apps/cli', 'scan-store', 'The CLI talks to the API'],
    ['an adapter imports an adapter', 'packages/cluster', 'llm', 'adapters do not know'],
    ['the cluster adapter imports the limits', 'packages/cluster', 'limits', 'shared only'],
    ['the catalog imports the scan store', 'packages/catalog', 'scan-store', 'shared and redis'],
    ['the model adapter imports the limits', 'packages/llm', 'limits', 'The model adapter imports'],
    ['the client imports redis', 'packages/client', 'redis', 'no other code of this workspace'],
    ['shared imports an adapter', 'packages/shared', 'llm', 'Shared imports'],
    ['shared imports redis', 'packages/shared', 'redis', 'Shared imports'],
    ['redis imports the limits', 'packages/redis', 'limits', 'The Redis package'],
    ['the limits import the scan store', 'packages/limits', 'scan-store', 'they know no scan'],
    ['the scan store imports an adapter', 'packages/scan-store', 'llm', 'The scan store imports'],
    [
      'the local Redis imports the limits',
      'packages/local-redis',
      'limits',
      'The local Redis imports',
    ],
    [
      'rule-based answers import an adapter',
      'packages/rule-based-answers',
      'llm',
      'Rule-based answers import',
    ],
    [
      'curated answers import an adapter',
      'packages/curated-answers',
      'llm',
      'The curated answers import',
    ],
    ['a simulator imports the model adapter', 'sims/provider-sim', 'llm', 'A simulator imports'],
    ['the bench imports an app', 'bench', 'api', 'as processes'],
  ]),
  lint(
    'the client imports a module of Node.js',
    'packages/client',
    `import 'node:fs'`,
    'The client runs in browsers',
  ),
  lint(
    'shared holds a client of Redis',
    'packages/shared',
    `import 'ioredis'`,
    'no client of Redis',
  ),
  {
    ...lint(
      'a test imports an app',
      'apps/worker',
      `import '@capstan/api/x'`,
      'No package imports an',
    ),
    file: 'apps/worker/test/seeded-app.test.ts',
  },
  {
    ...lint('a unit test uses Redis', '', '', 'A unit test needs no Redis'),
    file: 'packages/shared/src/seeded-redis.test.ts',
    text: `import { testRedis } from '@capstan/testkit/redis'\nvoid testRedis\n`,
  },
  {
    ...lint('a unit test opens a socket', '', '', 'A unit test needs no Redis'),
    file: 'packages/shared/src/seeded-socket.test.ts',
    text: `import { createServer } from 'node:http'\nvoid createServer\n`,
  },
  {
    ...lint(
      'a script imports an app',
      '',
      `import '../apps/api/src/x.ts'`,
      'No package imports an app',
    ),
    file: 'scripts/seeded-app.ts',
  },
  {
    ...lint('the contract imports a client', 'packages/shared', `import 'ioredis'`, 'The contract'),
    file: 'packages/shared/src/contract/seeded-client.ts',
  },
  {
    ...lint('the contract imports its neighbours', 'packages/shared', '', 'The contract'),
    file: 'packages/shared/src/contract/seeded-neighbour.ts',
    text: `export { AppError } from '../errors.ts'\n`,
  },
  {
    ...lint(
      'a file of a scan in the contract imports its neighbours',
      'packages/shared',
      '',
      'The contract',
    ),
    file: 'packages/shared/src/contract/scan/seeded-neighbour.ts',
    text: `export { AppError } from '../../errors.ts'\n`,
  },
  lint(
    'a source file reads the environment',
    'packages/llm',
    `void process.env['X']`,
    'no-process-env',
  ),
  lint('any', 'packages/catalog', `export const x: any = 1`, 'no-explicit-any'),
  lint(
    'a cast',
    'packages/catalog',
    `export const x = JSON.parse('1') as number`,
    'consistent-type-assertions',
  ),
  lint('a default export', 'packages/catalog', `export default 1`, 'no-default-export'),
  lint('export everything', 'packages/shared', `export * from './errors.ts'`, 'no-barrel-file'),
  {
    ...lint('a stage imports another stage', 'apps/worker', '', 'A stage imports the contract'),
    file: 'apps/worker/src/call/with-seeded-stage.ts',
    text: `import { withDeadline } from './with-deadline.ts'\nexport const withSeededStage = withDeadline\n`,
  },
  lint('a file too long', 'apps/worker', lines(251, 'void 0'), 'max-lines'),
  lint('a function too long', 'apps/worker', long(51), 'max-lines-per-function'),
  lint('too many branches', 'apps/worker', branchy(10), 'complexity'),
  lint('too many parameters', 'apps/worker', `export const f = (a, b, c, d, e) => 1`, 'max-params'),
  lint('a promise that is not awaited', 'apps/worker', `fetch('x')`, 'no-floating-promises'),
  lint('a promise as a condition', 'apps/api', `if (fetch('x')) void 0`, 'no-misused-promises'),
  lint('a case left out', 'apps/api', switchOverTwo(), 'switch-exhaustiveness-check'),
  {
    ...lint('a test that shuts the others out', 'apps/api', '', 'no-focused-tests'),
    file: 'apps/api/src/seeded-only.test.ts',
    text: `import { test } from 'vitest'\ntest.only('x', () => {})\n`,
  },
  ...cycle(),
  {
    rule: 'an import of an undeclared package',
    part: 'boundaries',
    file: 'packages/llm/src/seeded-undeclared.ts',
    text: `import 'fastify'\n`,
    message: 'not a',
  },
  {
    rule: 'a relative import that leaves its package',
    part: 'boundaries',
    file: 'packages/llm/src/seeded-leaving.ts',
    text: `import '../../shared/src/errors.ts'\n`,
    message: 'leaves the package',
  },
  {
    rule: 'an unused export',
    part: 'dead code',
    file: 'packages/shared/src/seeded-unused.ts',
    text: `export const seededUnused = 1\n`,
    message: 'seededUnused',
  },
  {
    rule: 'a type error',
    part: 'types',
    file: 'packages/shared/src/seeded-type-error.ts',
    text: `export const x: string = 1\n`,
    message: 'TS2322',
  },
  {
    rule: 'syntax that type stripping cannot strip',
    part: 'types',
    file: 'packages/shared/src/seeded-enum.ts',
    text: `export enum Seeded {\n  A,\n}\n`,
    message: 'TS1294',
  },
  {
    rule: 'an unformatted file',
    part: 'format',
    file: 'packages/shared/src/seeded-unformatted.ts',
    text: `export   const x = "1";\n`,
    message: '',
  },
]

function lint(rule: string, folder: string, text: string, message: string): SeededViolation {
  const name = rule.replaceAll(/\W+/g, '-')
  return { rule, part: 'lint', file: `${folder}/src/seeded-${name}.ts`, text: `${text}\n`, message }
}

/** One lint violation for each arrow that does not exist: rule, folder, imported package, message. */
function imports(
  arrows: [rule: string, folder: string, to: string, message: string][],
): SeededViolation[] {
  return arrows.map(([rule, folder, to, message]) =>
    lint(rule, folder, `import '@capstan/${to}/x'`, message),
  )
}

function long(count: number): string {
  return `export function f() {\n${lines(count, '  void 0')}\n}`
}

function branchy(count: number): string {
  return `export function f(n: number) {\n${branches(count)}\n  return 2\n}`
}

function switchOverTwo(): string {
  return `export function f(x: 'a' | 'b') {\n  switch (x) {\n    case 'a':\n      return 1\n  }\n  return 2\n}`
}

function cycle(): SeededViolation[] {
  const half = (own: string, other: string): SeededViolation => ({
    ...lint(`an import cycle, ${own} half`, 'packages/shared', '', 'no-cycle'),
    file: `packages/shared/src/seeded-${own}.ts`,
    text: `import { ${other} } from './seeded-${other}.ts'\nexport const ${own} = () => ${other}\n`,
  })
  const typeHalf = (own: string, other: string): SeededViolation => ({
    ...lint(`a cycle of type imports, ${own} half`, 'packages/shared', '', 'no-cycle'),
    file: `packages/shared/src/seeded-${own}.ts`,
    text: `import type { T as ${other} } from './seeded-${other}.ts'\nexport type T = ${other}[]\n`,
  })
  return [
    half('first', 'second'),
    half('second', 'first'),
    typeHalf('third', 'fourth'),
    typeHalf('fourth', 'third'),
  ]
}
