import { z } from 'zod'

export const ScanId = z
  .string()
  .regex(/^scan_[0-9a-f]{32}$/, 'must be `scan_` and 32 hexadecimal digits, as lists show it')
