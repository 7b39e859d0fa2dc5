import type { Catalog } from '@capstan/catalog/catalog'
import { z } from 'zod'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { toFullView } from './capability-view.ts'
import { formatCompatName } from '../compat-name.ts'
import { findByKind, findRow } from './find-row.ts'
import { EXAMPLE, describeMissingId, quoteId, describeUnknownId } from './id-faults.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import { buildFailure, buildSuccess, type ToolAnswer, type ToolFault } from '../tool-answer.ts'

const Lookup = z.object({ kind: z.string().min(1), apiVersion: z.string().min(1) })

/** Returns one complete record by its id, or by `{"kind", "apiVersion"}` as JSON in `id`. */
export async function getCapability(
  catalog: Catalog,
  cluster: string,
  { id }: OrgDataRequest,
): Promise<ToolAnswer> {
  if (id === undefined) return buildFailure('get', describeMissingId('to read'))
  const lookup = id.trim().startsWith('{') ? parseLookup(id) : undefined
  if (lookup && 'message' in lookup) return buildFailure('get', lookup)
  const row = await (lookup ? findByKind(catalog, cluster, lookup) : findRow(catalog, cluster, id))
  if (!row) {
    return buildFailure('get', {
      ...describeUnknownId(id),
      suggestion: 'Include the type in a scan, then get it again.',
    })
  }
  return buildSuccess('get', {
    data: toFullView(row),
    message: `Retrieved capability data for ${formatCompatName(row)} (ID: ${quoteId(id)})`,
  })
}

function parseLookup(id: string): z.infer<typeof Lookup> | ToolFault {
  try {
    const parsed = Lookup.safeParse(JSON.parse(id))
    if (parsed.success) return parsed.data
    return {
      message: 'Invalid JSON lookup format',
      details: 'Both "kind" and "apiVersion" are required.',
      example: EXAMPLE,
    }
  } catch (error) {
    const details = error instanceof Error ? toPlainText(error.message, 200) : 'unreadable'
    return { message: 'Invalid JSON format in id parameter', details, example: EXAMPLE }
  }
}
