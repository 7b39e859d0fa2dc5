import type { z } from 'zod'
import type { ApiClient, QueryParameters } from './api-client.ts'
import { pageSchema } from '@capstan/shared/contract/page'

const PAGE = 200

/** Yields the rows of a paged list page by page, at most `limit` rows. */
export async function* readPages<S extends z.ZodType>(
  api: Pick<ApiClient, 'get'>,
  path: string,
  item: S,
  options: { query?: QueryParameters; limit?: number; signal: AbortSignal },
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
