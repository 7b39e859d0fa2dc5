import type { McpTool } from './define-tool.ts'
import { getCapabilityTool } from './get-capability.ts'
import { getScanTool } from './get-scan.ts'
import { listResourceTypesTool } from './list-resource-types.ts'
import { searchCapabilitiesTool } from './search-capabilities.ts'

/** All tools, in the order in which clients list them. */
export const TOOLS: readonly McpTool[] = [
  searchCapabilitiesTool,
  getCapabilityTool,
  listResourceTypesTool,
  getScanTool,
]
