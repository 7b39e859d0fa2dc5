import { expect, test } from 'vitest'
import { ConfigError } from '@capstan/shared/config/read-config'
import { UsageError } from '@capstan/shared/config/usage-error'
import { parseClusterSimCommand, CLUSTER_SIM_HELP } from './cli-options.ts'

test('a flag of the cluster simulator overrides its environment variable', () => {
  const options = parseClusterSimCommand(['--port', '7000', '--anonymous'], {
    PORT: '1',
    CLUSTER: 'list.json',
  })
  expect(options).toMatchObject({
    action: 'serve',
    settings: { PORT: 7000, ANONYMOUS: true, CLUSTER: 'list.json', HOST: '127.0.0.1' },
  })
})

test.each([['--help'], ['-h']])('%s prints help even with invalid settings', (flag) => {
  expect(parseClusterSimCommand([flag], { PORT: 'many' })).toEqual({ action: 'help' })
  expect(CLUSTER_SIM_HELP).toContain('--kubeconfig-out')
})

test.each([
  ['an unknown flag', ['--nothing']],
  ['a flag without its value', ['--port']],
  ['an argument', ['demo']],
])('%s is a usage error', (_, args) => {
  expect(() => parseClusterSimCommand(args, {})).toThrow(UsageError)
})

test('an invalid value is a configuration error that names its variable', () => {
  expect(() => parseClusterSimCommand(['--port', 'many'], {})).toThrow(ConfigError)
  expect(() => parseClusterSimCommand(['--port', 'many'], {})).toThrow(/PORT/)
})
