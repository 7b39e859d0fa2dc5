import { z } from 'zod'

/** One entry of the stream of changes of all scans, which `announce` of lua/prelude.lua appends. */
export interface ScanChange {
  /** Stream id: a time, so it is never reused. */
  id: string
  scanId: string
  /**
   * `state`: the scan changed, read it now. `progress`: items moved; read the scan PROGRESS_EVERY_MS later, because the events
   * until then append no other change. `forgotten`: the scan was deleted.
   */
  kind: 'state' | 'progress' | 'forgotten'
}

/** Equal to PROGRESS_MS of lua/prelude.lua. */
export const PROGRESS_EVERY_MS = 500

const ChangeFields = z.tuple([
  z.literal('scan'),
  z.string(),
  z.literal('kind'),
  z.enum(['state', 'progress', 'forgotten']),
])

/** Parses one stream entry. Throws ZodError for an entry that no script of the journal wrote. */
export function parseScanChange(id: string, fields: string[]): ScanChange {
  const [, scanId, , kind] = ChangeFields.parse(fields)
  return { id, scanId, kind }
}
