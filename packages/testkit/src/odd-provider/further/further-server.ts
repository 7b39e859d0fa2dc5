import type { ItemReason } from '@capstan/shared/contract/problem'
import type { Behavior, OddWire } from '../types.ts'

/** A misbehaving server from a public report, written independently of the code under test. */
export interface FurtherServer {
  wire: OddWire
  behavior: Behavior
  /** Whether a scan has to succeed, may succeed, or cannot succeed. */
  succeeds: 'always' | 'maybe' | 'never'
  /** Allowed reasons of a pause or of failed types when the scan does not succeed. */
  reasons: readonly ItemReason[]
}
