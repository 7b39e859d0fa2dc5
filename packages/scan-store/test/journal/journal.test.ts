import { testRedis } from '@capstan/testkit/redis'
import { journalSuite } from './journal.suite.ts'

journalSuite(() => Promise.resolve({ ...testRedis(), stop: async () => {} }))
