import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeSettings } from './describe-settings.ts'
import { RedisConfig } from './fragments.ts'
import { printConfig } from './print-config.ts'

const Settings = z.object({
  ...RedisConfig,
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('0 takes any.'),
  WAIT_MS: z.coerce.number().int().positive().optional().describe('How long.'),
  KEY: z.string().optional().meta({ description: 'A key.', secret: true }),
  COLOR: z.enum(['red', 'blue']).default('red').describe('Of the whole.'),
  PRICES: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.number()))
    .optional()
    .describe('By name.'),
  EXEC: z.stringbool().default(false).describe('Runs it.'),
  TRUST: z
    .union([z.literal('known'), z.stringbool()])
    .default(false)
    .describe('Trusts it.'),
})

test('printConfig masks secrets', () => {
  const environment = { REDIS_URL: 'redis://:hunter2@redis:6379', KEY: 'hunter3', PORT: '' }
  const printed = printConfig(Settings, environment)
  expect(printed).not.toContain('hunter')
  expect(printed.split('\n')).toEqual([
    'REDIS_URL=***  # set',
    'CAPSTAN_REDIS_PREFIX={capstan}  # default',
    'PORT=8080  # default',
    '# WAIT_MS is not set',
    'KEY=***  # set',
    'COLOR=red  # default',
    '# PRICES is not set',
    'EXEC=false  # default',
    'TRUST=false  # default',
    '',
  ])
})

test('describeSettings describes types as text, and an optional secret is still a secret', () => {
  const optional = z.object({ ...Settings.shape, REDIS_URL: RedisConfig.REDIS_URL.optional() })
  const found = describeSettings(optional)
  expect(found.map(({ type }) => type)).toEqual([
    'URL',
    'text',
    'integer, 0 to 65535',
    'integer, more than 0',
    'text',
    'red, blue',
    'JSON',
    'true or false',
    'known, true or false',
  ])
  expect(found.filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual([
    'REDIS_URL',
    'KEY',
  ])
  expect(found.filter(({ isRequired }) => isRequired)).toEqual([])
})
