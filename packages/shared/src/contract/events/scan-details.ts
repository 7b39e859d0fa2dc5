import { z } from 'zod'
import { Scan } from '../scan/scan.ts'
import { ScanItem } from '../scan/scan-item.ts'

/** One scan in a snapshot. */
export const ScanDetails = z.object({
  scan: Scan,
  active: z.array(ScanItem),
  recentFailures: z.array(ScanItem).max(20),
})
export type ScanDetails = z.infer<typeof ScanDetails>
