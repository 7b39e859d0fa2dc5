import type { RedisVariant } from '@capstan/testkit/redis-variants'
import { boundsSuite } from './bounds.suite.ts'
import { budgetSuite } from './budget.suite.ts'
import { changesSuite } from './changes.suite.ts'
import { controlSuite } from './control.suite.ts'
import { discardSuite } from './discard.suite.ts'
import { lifecycleSuite } from './lifecycle.suite.ts'
import { readsSuite } from './reads.suite.ts'
import { repairSuite } from './repair.suite.ts'
import { routeBoundsSuite } from './route-bounds.suite.ts'
import { scaleSuite } from './scale.suite.ts'
import { startsSuite } from './starts.suite.ts'
import { storedSuite } from './stored.suite.ts'
import { unclaimedSuite } from './unclaimed.suite.ts'
import { waitsSuite } from './waits.suite.ts'
import { workSuite } from './work.suite.ts'
import { useJournalConnections } from './journal-connections.ts'

/** Runs all suites of the journal on the Redis that `start` returns. */
export function journalSuite(start: () => Promise<RedisVariant>): void {
  const bench = useJournalConnections(start)
  workSuite(bench)
  boundsSuite(bench)
  budgetSuite(bench)
  changesSuite(bench)
  controlSuite(bench)
  discardSuite(bench)
  lifecycleSuite(bench)
  readsSuite(bench)
  repairSuite(bench)
  routeBoundsSuite(bench)
  scaleSuite(bench)
  startsSuite(bench)
  storedSuite(bench)
  unclaimedSuite(bench)
  waitsSuite(bench)
}
