import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { describeSettings } from '@capstan/shared/config/describe-settings'
import {
  PROCESSES,
  SETTINGS_PAGE,
  renderSettingsPage,
  SIMULATORS,
} from '../scripts/settings-page.ts'

test('docs/settings.md is generated from the schemas', async () => {
  const page = await readFile(SETTINGS_PAGE, 'utf8')
  expect(page, 'run `npx -y pnpm@12.21.0 fix` and commit docs/settings.md').toBe(
    renderSettingsPage(),
  )
})

describe.each(Object.entries({ ...PROCESSES, ...SIMULATORS }))('settings of %s', (_, schema) => {
  const settings = describeSettings(schema)

  test('every setting is described by a sentence', () => {
    for (const { name, description } of settings) expect(description, name).toMatch(/^\S.*\.$/)
  })

  test('every setting that may hold a secret is marked as one and has no default', () => {
    for (const { name, isSecret, default: usual } of settings) {
      expect(isSecret, name).toBe(
        /KEY$|TOKEN$|PASSWORD|SECRET|REDIS_URL$|ACCOUNTS$|HEADERS$|^HTTPS?_PROXY$/.test(name),
      )
      if (isSecret) expect(usual, name).toBeUndefined()
    }
  })
})

/** Documented for users: the processes that read each setting, and its default. */
const CONTRACT: [name: string, readers: string[], usual: string | undefined][] = [
  ['HOST', ['api', 'worker', 'capstan up'], '127.0.0.1'],
  ['PORT', ['api', 'capstan up'], '8080'],
  ['REDIS_URL', ['api', 'worker', 'capstan up'], undefined],
  ['CAPSTAN_DATA_DIR', ['capstan up'], undefined],
  ['CAPSTAN_WORKERS', ['capstan up'], '2'],
  ['CAPSTAN_TOKEN', ['api'], undefined],
  ['KUBECONFIG', ['api'], undefined],
  ['CAPSTAN_CONTEXT', ['api'], undefined],
  ['CAPSTAN_CLUSTER_FILES', ['api'], undefined],
  ['CAPSTAN_PROVIDER', ['api', 'worker'], undefined],
  ['CAPSTAN_MODEL', ['api', 'worker'], undefined],
  ['CAPSTAN_CONCURRENCY', ['worker'], '10'],
  ['ANTHROPIC_API_KEY', ['worker'], undefined],
  ['ANTHROPIC_BASE_URL', ['worker'], undefined],
  ['OPENAI_API_KEY', ['worker'], undefined],
  ['OPENAI_BASE_URL', ['worker'], undefined],
  ['ANTHROPIC_HEADERS', ['worker'], undefined],
  ['OPENAI_HEADERS', ['worker'], undefined],
  ['OPENAI_API_VERSION', ['worker'], undefined],
  ['LOG_LEVEL', ['api', 'worker'], 'info'],
  ['HTTPS_PROXY', ['api', 'worker'], undefined],
  ['HTTP_PROXY', ['api', 'worker'], undefined],
  ['NO_PROXY', ['api', 'worker'], undefined],
  ['NODE_EXTRA_CA_CERTS', ['api', 'worker'], undefined],
]

test.each(CONTRACT)('%s is read by %j with the default %s', (name, readers, usual) => {
  for (const reader of readers) {
    const setting = describeSettings(PROCESSES[reader]!).find((one) => one.name === name)
    expect(setting, reader).toMatchObject({ name, default: usual })
  }
})

test('only workers read model keys, and only the API reads cluster access', () => {
  const readersOf = (pattern: RegExp): string[] =>
    Object.entries(PROCESSES)
      .filter(([, schema]) => describeSettings(schema).some(({ name }) => pattern.test(name)))
      .map(([reader]) => reader)
  expect(readersOf(/^(ANTHROPIC|OPENAI)_(API_KEY|HEADERS)$/)).toEqual(['worker'])
  expect(readersOf(/^QDRANT_API_KEY$/)).toEqual(['api'])
  expect(readersOf(/^KUBE|^CAPSTAN_(TOKEN|CONTEXT|CLUSTER_FILES)$/)).toEqual(['api'])
})

test.each(['api', 'worker'])('%s prints the effective settings, and masks secrets', async (app) => {
  const main = fileURLToPath(new URL(`../apps/${app}/src/main.ts`, import.meta.url))
  const env = {
    ...COMPILE_CACHE,
    REDIS_URL: 'redis://:canary-of-redis@redis:6379',
    CAPSTAN_TOKEN: 'canary-of-the-token',
    OPENAI_API_KEY: 'canary-of-a-key',
    LOG_LEVEL: 'warn',
  }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, '--print-config'], {
    env,
  })
  expect(stdout).toContain('REDIS_URL=***  # set\n')
  expect(stdout).toContain('LOG_LEVEL=warn  # set\n')
  expect(stdout).toContain('HOST=127.0.0.1  # default\n')
  expect(stdout + stderr).not.toContain('canary')
})
