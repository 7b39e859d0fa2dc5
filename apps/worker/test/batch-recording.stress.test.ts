import { recordingSuite } from './batch-recording.suite.ts'

recordingSuite(1)
