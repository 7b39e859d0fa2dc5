import type { Principal, Scope } from '../plugins/tokens.ts'
import { requireScope } from '../plugins/auth.ts'
import { classifyError } from '../plugins/classify-error.ts'
import { catalogCluster } from './collection.ts'
import { deleteAllCapabilities, deleteCapability } from './capabilities/delete-capabilities.ts'
import { faultOf } from './to-tool-fault.ts'
import { getCapability } from './capabilities/get-capability.ts'
import { listCapabilities } from './capabilities/list-capabilities.ts'
import { OPERATIONS, type Operation, type OrgDataRequest } from './org-data-request.ts'
import type { Caller, CompatDeps } from './compat-deps.ts'
import { scanProgress } from './scan/scan-progress.ts'
import { scanBySteps } from './scan/scan-steps.ts'
import { searchCapabilities } from './capabilities/search-capabilities.ts'
import { isWithoutQuestions, startScanNow } from './scan/start-scan-now.ts'
import { failed, type ToolAnswer } from './tool-answer.ts'

/** A scan spends money and a deletion loses what it bought: neither is open to whoever may read. */
const NEEDED: Record<Operation, Scope> = {
  scan: 'scan',
  progress: 'read',
  list: 'read',
  get: 'read',
  search: 'read',
  delete: 'admin',
  deleteAll: 'admin',
}

/**
 * One operation of the tool. What goes wrong is an answer that says so, as its clients expect; thrown is only what
 * the caller may not do, and what nobody foresaw.
 */
export async function manageOrgData(
  deps: CompatDeps,
  request: OrgDataRequest,
  principal: Principal,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const { dataType, operation } = request
  if (!dataType) return invalid('dataType parameter is required')
  if (!operation) return invalid('operation parameter is required')
  if (dataType !== 'capabilities') {
    return invalid('Unsupported data type. Supported: capabilities.')
  }
  const known = OPERATIONS.find((one) => one === operation)
  if (!known) {
    const message = `Unsupported capabilities operation: ${operation.slice(0, 100)}`
    return failed(operation, { message, supportedOperations: OPERATIONS })
  }
  requireScope(principal, NEEDED[known])
  try {
    return await run(deps, known, request, { by: principal.name, signal })
  } catch (error) {
    const problem = classifyError(error, deps.redis.status === 'ready')
    if (problem.code === 'INTERNAL') throw error
    deps.log.warn({ operation, code: problem.code, detail: problem.message }, 'operation failed')
    return failed(known, faultOf(known, problem))
  }
}

function run(
  deps: CompatDeps,
  operation: Operation,
  request: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  const { catalog } = deps
  const cluster = () => catalogCluster(deps, request.collection)
  switch (operation) {
    case 'scan':
      return isWithoutQuestions(request)
        ? startScanNow(deps, request, caller)
        : scanBySteps(deps, request, caller)
    case 'progress':
      return scanProgress(deps, request)
    case 'list':
      return listCapabilities(catalog, cluster(), request)
    case 'get':
      return getCapability(catalog, cluster(), request)
    case 'search':
      return searchCapabilities(catalog, cluster(), request)
    case 'delete':
      return deleteCapability(catalog, cluster(), request)
    case 'deleteAll':
      return deleteAllCapabilities(catalog, cluster())
  }
}

function invalid(message: string): ToolAnswer {
  return {
    success: false,
    error: { message, category: 'VALIDATION', severity: 'HIGH' },
    timestamp: new Date().toISOString(),
  }
}
