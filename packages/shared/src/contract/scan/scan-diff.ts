import { z } from 'zod'

const Names = z.array(z.string())

/** Difference between two scans of a cluster. Lists hold type names in alphabetical order. */
export const ScanDiff = z.object({
  scan: z.string(),
  against: z.string(),
  cluster: z.string(),
  /** True when both scans used the same patterns. Otherwise only types of both scans are compared. */
  sameChoice: z.boolean(),
  added: Names,
  removed: Names,
  /** Types whose definition differs. */
  changed: Names,
  /** Types whose answer differs, with or without a changed definition. */
  answersChanged: Names,
  /** Types of one scan whose API group did not respond in the other scan. */
  unknown: Names,
  unchanged: z.int().nonnegative(),
})
export type ScanDiff = z.infer<typeof ScanDiff>
