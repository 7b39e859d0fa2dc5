import { expect, test } from 'vitest'
import { parseProviderSimCommand, PROVIDER_SIM_HELP } from './cli-options.ts'
import { PROFILES } from './profiles.ts'
import { SimConfig } from './sim-config.ts'

test.each(PROFILES)('the profile $name is valid and listed in the help', ({ name, config }) => {
  expect(SimConfig.safeParse(config).error).toBeUndefined()
  expect(PROVIDER_SIM_HELP).toContain(name)
})

test('flags override the environment, and the configuration overrides the profile', () => {
  const options = parseProviderSimCommand(
    ['--profile', 'small-limits', '--seed', '5', '--config', '{"charsPerToken":3}', '--port=1234'],
    { SIM_SEED: '4', SIM_TIME_SCALE: '10', SIM_PROFILE: 'ramp', PORT: '99' },
  )
  expect(options).toMatchObject({
    action: 'serve',
    port: 1234,
    config: { seed: 5, timeScale: 10, charsPerToken: 3, limits: { requestsPerMinute: 50 } },
  })
})

test.each([
  ['an unknown flag', ['--fast'], /--fast/],
  ['an unknown profile', ['--profile', 'x'], /no profile "x".*small-limits/],
  ['an invalid field', ['--config', '{"latency":{"kind":"slow"}}'], /latency\.kind/],
  ['a misspelled field', ['--config', '{"fault":[]}'], /fault/],
  ['invalid JSON', ['--config', '{oops'], /JSON/],
  ['a missing file', ['--config', 'nowhere.json'], /nowhere\.json/],
])('%s is an error that names valid values', (_, args, message) => {
  expect(() => parseProviderSimCommand(args, {})).toThrow(message)
})

test('--help prints the help', () => {
  expect(parseProviderSimCommand(['-h'], {})).toEqual({ action: 'help' })
})
