import { describe } from 'vitest'
import { REDIS_VARIANTS } from '@capstan/testkit/redis-variants'
import { limitsSuite } from './limits.suite.ts'

describe.each(REDIS_VARIANTS)('limits %s', (_name, start) => {
  limitsSuite(start)
})
