import { toQueryWithGroup, type CatalogFilter } from '../../data/api.ts'
import { formatCurl } from '../../data/format-curl.ts'
import { SERVER } from '../../data/request.ts'
import { CopyAs } from '../../parts/copy-as.tsx'
import { formatCatalogCommand } from './format-catalog-command.ts'

/** The search or the list as commands. */
export function CatalogCommands({ q, filter }: { q: string; filter: CatalogFilter }) {
  const path =
    q.trim() === ''
      ? `capabilities${toQueryWithGroup(filter)}`
      : `capabilities/search${toQueryWithGroup({ ...filter, q })}`
  return <CopyAs curl={formatCurl(path)} cli={formatCatalogCommand(q, filter, SERVER)} />
}
