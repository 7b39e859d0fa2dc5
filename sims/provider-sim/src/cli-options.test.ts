import { expect, test } from 'vitest'
import { cliOptions, HELP } from './cli-options.ts'
import { PROFILES } from './profiles.ts'
import { SimConfig } from './sim-config.ts'

test.each(PROFILES)('the profile $name can be played and is in the help', ({ name, config }) => {
  expect(SimConfig.safeParse(config).error).toBeUndefined()
  expect(HELP).toContain(name)
})

test('flags win over the environment, a configuration over its profile', () => {
  const options = cliOptions(
    ['--profile', 'small-limits', '--seed', '5', '--config', '{"charsPerToken":3}', '--port=1234'],
    { SIM_SEED: '4', SIM_TIME_SCALE: '10', SIM_PROFILE: 'ramp', PORT: '99' },
  )
  expect(options).toMatchObject({
    action: 'serve',
    port: 1234,
    play: { seed: 5, timeScale: 10, charsPerToken: 3, limits: { requestsPerMinute: 50 } },
  })
})

test.each([
  ['an unknown flag', ['--fast'], /--fast/],
  ['an unknown profile', ['--profile', 'x'], /no profile "x".*small-limits/],
  ['a wrong member', ['--config', '{"latency":{"kind":"slow"}}'], /latency\.kind/],
  ['a misspelt member', ['--config', '{"fault":[]}'], /fault/],
  ['no JSON', ['--config', '{oops'], /JSON/],
  ['a file that is not there', ['--config', 'nowhere.json'], /nowhere\.json/],
])('%s is told, with what would do', (_, args, says) => {
  expect(() => cliOptions(args, {})).toThrow(says)
})

test('help is help', () => {
  expect(cliOptions(['-h'], {})).toEqual({ action: 'help' })
})
