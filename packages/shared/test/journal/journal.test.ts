import { testRedis } from '@capstan/testkit/redis'
import { controlSuite } from './control.suite.ts'
import { readsSuite } from './reads.suite.ts'
import { repairSuite } from './repair.suite.ts'
import { scaleSuite } from './scale.suite.ts'
import { workSuite } from './work.suite.ts'
import { useWorld } from './world.ts'

const bench = useWorld(() => Promise.resolve({ ...testRedis(), stop: async () => {} }))

workSuite(bench)
controlSuite(bench)
readsSuite(bench)
repairSuite(bench)
scaleSuite(bench)
