import type { FastifyBaseLogger } from 'fastify'
import type { AgentBudget } from '../budget/agent-budget.ts'
import type { RestClient } from '../rest-client.ts'

/** Access and limits of one call of a tool. */
export interface ToolContext {
  rest: RestClient
  /** Money of the caller for scans. */
  budget: AgentBudget
  /** Fires when the caller has left or the server closes. */
  signal: AbortSignal
  /** Sends a progress notification. Undefined when the caller did not ask for progress. */
  reportProgress: ((progress: ToolProgress) => Promise<void>) | undefined
  log: FastifyBaseLogger
}

export interface ToolProgress {
  progress: number
  total: number | undefined
  message: string
}
