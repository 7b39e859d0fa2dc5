import { expect, test } from 'vitest'
import { ConfigError } from '@capstan/shared/config/read-config'
import { UsageError } from '@capstan/shared/config/usage-error'
import { cliOptions, HELP } from './cli-options.ts'

test('a flag of the cluster simulator wins over its environment variable', () => {
  const options = cliOptions(['--port', '7000', '--anonymous'], { PORT: '1', CLUSTER: 'list.json' })
  expect(options).toMatchObject({
    action: 'serve',
    settings: { PORT: 7000, ANONYMOUS: true, CLUSTER: 'list.json', HOST: '127.0.0.1' },
  })
})

test.each([['--help'], ['-h']])('%s asks for help even beside unusable settings', (flag) => {
  expect(cliOptions([flag], { PORT: 'many' })).toEqual({ action: 'help' })
  expect(HELP).toContain('--kubeconfig-out')
})

test.each([
  ['an unknown flag', ['--nothing']],
  ['a flag without its value', ['--port']],
  ['an argument', ['demo']],
])('%s is a mistake of usage', (_, args) => {
  expect(() => cliOptions(args, {})).toThrow(UsageError)
})

test('an unusable value is a mistake of configuration, named by its variable', () => {
  expect(() => cliOptions(['--port', 'many'], {})).toThrow(ConfigError)
  expect(() => cliOptions(['--port', 'many'], {})).toThrow(/PORT/)
})
