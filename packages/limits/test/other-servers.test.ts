import { describe } from 'vitest'
import { OTHER_SERVERS } from '@capstan/testkit/other-servers'
import { limitsSuite } from './limits.suite.ts'

describe.each(OTHER_SERVERS)('limits %s', (_name, start) => {
  limitsSuite(start)
})
