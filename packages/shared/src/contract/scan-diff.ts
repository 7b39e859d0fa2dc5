import { z } from 'zod'

const Names = z.array(z.string())

/** How two scans of a cluster differ. Types by name, in order. */
export const ScanDiff = z.object({
  scan: z.string(),
  against: z.string(),
  cluster: z.string(),
  /** False when the two chose types by other patterns: then only types of both are compared. */
  sameChoice: z.boolean(),
  added: Names,
  removed: Names,
  /** The definition is another one. */
  changed: Names,
  /** What was found is not the same, whether or not the definition is. */
  answersChanged: Names,
  /** In one scan only, and of a group that did not answer in the other. */
  unknown: Names,
  unchanged: z.int().nonnegative(),
})
export type ScanDiff = z.infer<typeof ScanDiff>
