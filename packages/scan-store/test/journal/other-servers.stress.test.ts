import { describe } from 'vitest'
import { REDIS_VARIANTS } from '@capstan/testkit/redis-variants'
import { journalSuite } from './journal.suite.ts'

describe.each(REDIS_VARIANTS)('the journal %s', (_name, start) => {
  journalSuite(start)
})
