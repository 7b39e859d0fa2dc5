import { describe } from 'vitest'
import { OTHER_SERVERS } from '../other-servers.ts'
import { limitsSuite } from './limits.suite.ts'

describe.each(OTHER_SERVERS)('limits %s', (_name, start) => {
  limitsSuite(start)
})
