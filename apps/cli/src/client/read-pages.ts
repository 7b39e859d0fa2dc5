import type { z } from 'zod'
import { pageSchema } from '@capstan/shared/contract/page'
import type { ApiClient, Query } from './api-client.ts'

const PAGE = 200

/** Rows of a paged list, page by page, at most `limit` of them. */
export async function* readPages<S extends z.ZodType>(
  api: Pick<ApiClient, 'get'>,
  path: string,
  item: S,
  options: { query?: Query; limit?: number; signal: AbortSignal },
): AsyncGenerator<z.infer<S>[]> {
  const { query = {}, limit = Number.POSITIVE_INFINITY, signal } = options
  const schema = pageSchema(item)
  let left = limit
  let cursor: string | undefined
  do {
    const asked = { ...query, limit: Math.min(PAGE, left), cursor }
    const { data, page } = await api.get(path, schema, { query: asked, signal })
    yield data
    left -= data.length
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && left > 0)
}
