import type { Role } from '@capstan/shared/contract/login/role'
import { requireRole } from '../access/principal.ts'
import { classifyError } from '../plugins/classify-error.ts'
import { resolveCollection } from './collection.ts'
import { deleteAllCapabilities, deleteCapability } from './capabilities/delete-capabilities.ts'
import { toToolFault } from './to-tool-fault.ts'
import { getCapability } from './capabilities/get-capability.ts'
import { listCapabilities } from './capabilities/list-capabilities.ts'
import { OPERATIONS, type Operation, type OrgDataRequest } from './org-data-request.ts'
import type { Caller, CompatDeps } from './compat-deps.ts'
import { readScanProgress } from './scan/scan-progress.ts'
import { runScanStep } from './scan/scan-steps.ts'
import { searchCapabilities } from './capabilities/search-capabilities.ts'
import { needsNoQuestions, startScanNow } from './scan/start-scan-now.ts'
import { buildFailure, type ToolAnswer } from './tool-answer.ts'

/** A scan costs money and a deletion loses paid results, so the role of a viewer is not enough. */
const REQUIRED_ROLES: Record<Operation, Role> = {
  scan: 'operator',
  progress: 'viewer',
  list: 'viewer',
  get: 'viewer',
  search: 'viewer',
  delete: 'admin',
  deleteAll: 'admin',
}

/**
 * Runs one operation of the tool. Failures are results with `success: false`, as clients of dot-ai expect. Throws only
 * for missing roles and unexpected errors.
 */
export async function manageOrgData(
  deps: CompatDeps,
  request: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  const { dataType, operation } = request
  if (!dataType) return buildInvalid('dataType parameter is required')
  if (!operation) return buildInvalid('operation parameter is required')
  if (dataType !== 'capabilities') {
    return buildInvalid('Unsupported data type. Supported: capabilities.')
  }
  const known = OPERATIONS.find((one) => one === operation)
  if (!known) {
    const message = `Unsupported capabilities operation: ${operation.slice(0, 100)}`
    return buildFailure(operation, { message, supportedOperations: OPERATIONS })
  }
  requireRole({ name: caller.by, role: caller.role }, REQUIRED_ROLES[known])
  try {
    return await run(deps, known, request, caller)
  } catch (error) {
    const problem = classifyError(error, deps.redis.status === 'ready')
    if (problem.code === 'INTERNAL') throw error
    deps.log.warn(
      { operation, code: problem.code, detail: problem.message },
      'compat operation failed',
    )
    return buildFailure(known, toToolFault(known, problem))
  }
}

function run(
  deps: CompatDeps,
  operation: Operation,
  request: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  const { catalog } = deps
  const cluster = () => resolveCollection(deps, request.collection)
  switch (operation) {
    case 'scan':
      return needsNoQuestions(request)
        ? startScanNow(deps, request, caller)
        : runScanStep(deps, request, caller)
    case 'progress':
      return readScanProgress(deps, request)
    case 'list':
      return listCapabilities(catalog, cluster(), request)
    case 'get':
      return getCapability(catalog, cluster(), request)
    case 'search':
      return searchCapabilities(catalog, cluster(), request)
    case 'delete':
      return deleteCapability(deps, cluster(), request, caller)
    case 'deleteAll':
      return deleteAllCapabilities(deps, cluster(), caller)
  }
}

function buildInvalid(message: string): ToolAnswer {
  return {
    success: false,
    error: { message, category: 'VALIDATION', severity: 'HIGH' },
    timestamp: new Date().toISOString(),
  }
}
