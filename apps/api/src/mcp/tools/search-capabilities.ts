import { z } from 'zod'
import { SearchAnswer } from '@capstan/shared/contract/catalog/search-answer'
import { SearchHit } from '@capstan/shared/contract/catalog/search-hit'
import { createCursorError, decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import { cleanData, DATA_NOTICE } from '../untrusted-text.ts'
import { CapabilitySummary, describeRowSource, shortenText } from './capability-fields.ts'
import { defineTool } from './define-tool.ts'
import { fitRows } from './fit-rows.ts'
import { Cluster, Cursor, Limit, NextCursor } from './shared-fields.ts'
import type { ToolContext } from './tool-context.ts'

/** Most hits of a search route. */
const MAX_HITS = 100

const Match = CapabilitySummary.extend(SearchHit.pick({ strength: true, score: true }).shape)
type Match = z.infer<typeof Match>

export const searchCapabilitiesTool = defineTool({
  name: 'search_capabilities',
  description:
    'Finds the resource types of the cluster that serve an intent, such as "postgres with backups". Weak matches only share words with it. Without a strong match, nothing here does that. Then call get_capability.',
  route: 'GET /api/v1/capabilities/search',
  annotations: { readOnlyHint: true },
  input: z.object({
    query: z.string().min(1).max(2_000).describe('The intent in plain words.'),
    cluster: Cluster,
    limit: Limit,
    cursor: Cursor,
  }),
  output: z.object({
    matches: z.array(Match),
    note: z.string().nullable(),
    nextCursor: NextCursor,
  }),
  run: async ({ rest }, { query, cluster, limit, cursor }) => {
    const offset = readOffset(cursor)
    const wanted = Math.min(MAX_HITS, offset + limit)
    const found = await rest.read(SearchAnswer, {
      method: 'GET',
      path: '/capabilities/search',
      query: { q: query, cluster, limit: Math.min(MAX_HITS, wanted + 1) },
    })
    const hits = found.data.slice(offset, wanted)
    const matches = fitRows(cleanData(hits.map(toMatch)))
    const end = offset + matches.length
    const nextCursor = found.data.length > end && end < MAX_HITS ? encodeCursor(String(end)) : null
    const isEmpty = found.data.length === 0 && (await isCatalogEmpty(rest, cluster))
    const note = isEmpty ? EMPTY_CATALOG : found.note
    const shown = hits.slice(0, matches.length)
    return { data: { matches, note, nextCursor }, text: describeHits(shown, note) }
  },
})

const EMPTY_CATALOG =
  'The catalog is empty: no type has been scanned. plan_scan estimates the cost of a scan, and start_scan starts it.'

function readOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const offset = Number(decodeCursor(cursor))
  if (Number.isInteger(offset) && offset > 0 && offset < MAX_HITS) return offset
  throw createCursorError()
}

async function isCatalogEmpty(
  rest: ToolContext['rest'],
  cluster: string | undefined,
): Promise<boolean> {
  const request = { method: 'GET', path: '/capabilities', query: { cluster, limit: 1 } } as const
  return (await rest.read(AnyPage, request)).data.length === 0
}

const AnyPage = z.object({ data: z.array(z.unknown()) })

function toMatch({ capability, strength, score }: SearchHit): Match {
  return { ...CapabilitySummary.parse(capability), strength, score }
}

function describeHits(hits: SearchHit[], note: string | null): string {
  const lines = (strength: SearchHit['strength']): string[] =>
    hits.filter((hit) => hit.strength === strength).map(describeHit)
  const strong = lines('strong')
  const weak = lines('weak')
  return [
    strong.length === 0 ? 'Nothing here does that.' : '',
    note ?? '',
    hits.length === 0 ? '' : DATA_NOTICE,
    strong.length === 0 ? '' : 'Strong matches:',
    ...strong,
    weak.length === 0 ? '' : 'Weak matches, which probably do something else:',
    ...weak,
    strong.length === 0 ? '' : 'get_capability has a minimal manifest of a type.',
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function describeHit({ capability, score }: SearchHit): string {
  const { resource, apiVersion, kind, description } = capability
  const about = `${describeRowSource(capability)}, score ${score.toFixed(2)}`
  return shortenText(`- ${resource} (${apiVersion} ${kind}; ${about}): `).concat(
    ` ${shortenText(description)}`,
  )
}
