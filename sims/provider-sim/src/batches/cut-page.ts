/** Cuts one page of a list, given a query with a cursor and `limit`. */
export function cutPage<T extends { id: string }>(
  all: T[],
  query: URLSearchParams,
  [cursor, usual]: [name: string, limit: number],
): { page: T[]; hasMore: boolean } {
  const after = query.get(cursor)
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
  const limit = Number(query.get('limit') ?? usual)
  return { page: all.slice(from, from + limit), hasMore: all.length > from + limit }
}
