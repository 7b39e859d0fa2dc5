import type { McpTool } from './define-tool.ts'
import { cancelScanTool, retryFailedTool } from './change-scan.ts'
import { getCapabilityTool } from './get-capability.ts'
import { getScanTool } from './get-scan.ts'
import { listResourceTypesTool } from './list-resource-types.ts'
import { planScanTool } from './plan-scan.ts'
import { searchCapabilitiesTool } from './search-capabilities.ts'
import { startScanTool } from './start-scan.ts'

/** All tools, in the order in which clients list them. */
export const TOOLS: readonly McpTool[] = [
  searchCapabilitiesTool,
  getCapabilityTool,
  listResourceTypesTool,
  planScanTool,
  startScanTool,
  getScanTool,
  retryFailedTool,
  cancelScanTool,
]
