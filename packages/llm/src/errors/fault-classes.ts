import { ANSWER_CLASSES } from './answer-classes.ts'
import type { FaultClass } from './fault-class.ts'
import { LIMIT_CLASSES } from './limit-classes.ts'
import { NETWORK_CLASSES } from './network-classes.ts'
import { REQUEST_CLASSES } from './request-classes.ts'

/** All classes. The first match applies; the last class matches everything. docs/errors.md describes them. */
export const FAULT_CLASSES: FaultClass[] = [
  ...NETWORK_CLASSES,
  ...LIMIT_CLASSES,
  ...REQUEST_CLASSES,
  ...ANSWER_CLASSES,
]
