import type { Catalog } from '@capstan/catalog/catalog'
import { z } from 'zod'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { fullView } from './capability-view.ts'
import { compatName } from '../compat-name.ts'
import { findByKind, findRow } from './find-row.ts'
import { EXAMPLE, missingId, shown, unknownCapability } from './id-faults.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import { failed, succeeded, type ToolAnswer, type ToolFault } from '../tool-answer.ts'

const Lookup = z.object({ kind: z.string().min(1), apiVersion: z.string().min(1) })

/** One whole record, by its id or by `{"kind", "apiVersion"}` as JSON in the same member. */
export async function getCapability(
  catalog: Catalog,
  cluster: string,
  { id }: OrgDataRequest,
): Promise<ToolAnswer> {
  if (id === undefined) return failed('get', missingId('to read'))
  const lookup = id.trim().startsWith('{') ? lookupIn(id) : undefined
  if (lookup && 'message' in lookup) return failed('get', lookup)
  const row = await (lookup ? findByKind(catalog, cluster, lookup) : findRow(catalog, cluster, id))
  if (!row) {
    return failed('get', {
      ...unknownCapability(id),
      suggestion: 'Ask for it by the operation scan, then get it again.',
    })
  }
  return succeeded('get', {
    data: fullView(row),
    message: `Retrieved capability data for ${compatName(row)} (ID: ${shown(id)})`,
  })
}

function lookupIn(id: string): z.infer<typeof Lookup> | ToolFault {
  try {
    const parsed = Lookup.safeParse(JSON.parse(id))
    if (parsed.success) return parsed.data
    return {
      message: 'Invalid JSON lookup format',
      details: 'Both "kind" and "apiVersion" are needed.',
      example: EXAMPLE,
    }
  } catch (error) {
    const details = error instanceof Error ? toPlainText(error.message, 200) : 'unreadable'
    return { message: 'Invalid JSON format in id parameter', details, example: EXAMPLE }
  }
}
