import type { RedisVariant } from '@capstan/testkit/redis-variants'
import { acquireSuite } from './acquire.suite.ts'
import { blockedSuite } from './blocked.suite.ts'
import { controlSuite } from './control.suite.ts'
import { learningSuite } from './learning.suite.ts'
import { raceSuite } from './race.suite.ts'
import { settleSuite } from './settle.suite.ts'
import { useLimiterFixtures } from './limiter-fixtures.ts'

/** The tests of the limits, on the Redis server of `start`. */
export function limitsSuite(start: () => Promise<RedisVariant>): void {
  const fixtures = useLimiterFixtures(start)
  acquireSuite(fixtures)
  settleSuite(fixtures)
  controlSuite(fixtures)
  blockedSuite(fixtures)
  learningSuite(fixtures)
  raceSuite(fixtures)
}
