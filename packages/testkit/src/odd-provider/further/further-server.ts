import type { ItemReason } from '@capstan/shared/contract/problem'
import type { Behavior, Wire } from '../types.ts'

/** An odd server from a public report, written without a look at the code that has to cope with it. */
export interface FurtherServer {
  wire: Wire
  behavior: Behavior
  /** Whether a scan has to succeed, may succeed, or cannot. */
  succeeds: 'always' | 'maybe' | 'never'
  /** With which of these it pauses, or its types fail, when it does not succeed. */
  reasons: readonly ItemReason[]
}
