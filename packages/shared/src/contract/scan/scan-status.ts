import { z } from 'zod'
import { SCAN_STATUSES } from './scan-status-names.ts'

export const ScanStatus = z.enum(SCAN_STATUSES)
export type ScanStatus = z.infer<typeof ScanStatus>

const FINAL: readonly ScanStatus[] = ['succeeded', 'partial', 'failed', 'canceled']
export function isDone(status: ScanStatus): boolean {
  return FINAL.includes(status)
}
