import { testRedis } from '@capstan/testkit/redis'
import { limitsSuite } from './limits.suite.ts'

limitsSuite(() => Promise.resolve({ ...testRedis(), stop: async () => {} }))
