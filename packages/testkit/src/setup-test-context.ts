import { aroundEach } from 'vitest'
import { testContext } from './on-test-finished.ts'

// A setup file of Vitest: gives each test its own context, see on-test-finished.ts.
aroundEach((runTest, context) => testContext.run(context, runTest))
