import { describe } from 'vitest'
import { OTHER_SERVERS } from '@capstan/testkit/other-servers'
import { journalSuite } from './journal.suite.ts'

describe.each(OTHER_SERVERS)('the journal %s', (_name, start) => {
  journalSuite(start)
})
