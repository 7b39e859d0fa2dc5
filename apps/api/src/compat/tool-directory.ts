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
    'Scan a cluster for what its types can do, follow the scan, and read what was found.',
  schema: z.toJSONSchema(OrgDataBody),
  category: 'Organizational Data',
  tags: ['capabilities', 'scan', 'search'],
}

/** The one tool there is, when the filters let it through. */
export function toolDirectory({ category, tag, search }: z.infer<typeof ToolsQuery>) {
  const text = `${TOOL.name} ${TOOL.description}`.toLowerCase()
  const wanted =
    (category === undefined || category === TOOL.category) &&
    (tag === undefined || TOOL.tags.includes(tag)) &&
    text.includes(search?.toLowerCase() ?? '')
  const tools = wanted ? [TOOL] : []
  return { tools, total: tools.length, categories: [TOOL.category], tags: TOOL.tags }
}
