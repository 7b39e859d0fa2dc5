import { z } from 'zod'
import { OrgDataBody } from './org-data-request.ts'

export const TOOL_NAME = 'manageOrgData'

export const ToolsQuery = z.object({
  category: z.string().max(100).optional(),
  tag: z.string().max(100).optional(),
  search: z.string().max(200).optional(),
})

const TOOL = {
  name: TOOL_NAME,
  description:
    'Scan the types of a cluster for their capabilities, follow the scan, and read the results.',
  schema: z.toJSONSchema(OrgDataBody),
  category: 'Organizational Data',
  tags: ['capabilities', 'scan', 'search'],
}

/** Lists the only tool if it matches the filters. */
export function listTools({ category, tag, search }: z.infer<typeof ToolsQuery>) {
  const text = `${TOOL.name} ${TOOL.description}`.toLowerCase()
  const isMatch =
    (category === undefined || category === TOOL.category) &&
    (tag === undefined || TOOL.tags.includes(tag)) &&
    text.includes(search?.toLowerCase() ?? '')
  const tools = isMatch ? [TOOL] : []
  return { tools, total: tools.length, categories: [TOOL.category], tags: TOOL.tags }
}
