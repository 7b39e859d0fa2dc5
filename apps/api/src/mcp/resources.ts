import {
  ResourceNotFoundError,
  ResourceTemplate,
  type McpServer,
  type ReadResourceResult,
} from '@modelcontextprotocol/server'
import { CapabilityView } from '@capstan/shared/contract/capability'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { RestError, type RestClient } from './rest-client.ts'
import { CapabilitySummary } from './tools/capability-fields.ts'
import { summarizeScan } from './tools/summarize-scan.ts'
import { cleanData } from './untrusted-text.ts'

const CAPABILITY_HINT = { ttlMs: 60_000, cacheScope: 'private' } as const
const SCAN_HINT = { ttlMs: 1_000, cacheScope: 'private' } as const
const JSON_TYPE = 'application/json'

/** Adds the rows of the catalog and the scans as resources. They are read by name and not listed: there may be thousands. */
export function addResources(server: McpServer, rest: RestClient): void {
  server.registerResource(
    'capability',
    new ResourceTemplate('capstan://capabilities/{resource}', { list: undefined }),
    {
      title: 'Capability of a resource type',
      description: 'What one resource type of the cluster does.',
      mimeType: JSON_TYPE,
      cacheHint: CAPABILITY_HINT,
    },
    (uri, { resource }) =>
      readResource(uri, async () => {
        const path = `/capabilities/${encodeURIComponent(String(resource))}`
        return CapabilitySummary.parse(await rest.read(CapabilityView, { method: 'GET', path }))
      }),
  )
  server.registerResource(
    'scan',
    new ResourceTemplate('capstan://scans/{id}', { list: undefined }),
    {
      title: 'Scan',
      description: 'State, cost and failures of a scan.',
      mimeType: JSON_TYPE,
      cacheHint: SCAN_HINT,
    },
    (uri, { id }) =>
      readResource(uri, async () => {
        const path = `/scans/${encodeURIComponent(String(id))}`
        return summarizeScan(await rest.read(Scan, { method: 'GET', path }))
      }),
  )
}

async function readResource(uri: URL, read: () => Promise<object>): Promise<ReadResourceResult> {
  try {
    const text = JSON.stringify(cleanData(await read()), undefined, 2)
    return { contents: [{ uri: uri.href, mimeType: JSON_TYPE, text }] }
  } catch (error) {
    const isAbsent = error instanceof RestError && [400, 404].includes(error.problem.status)
    throw isAbsent ? new ResourceNotFoundError(uri.href, cleanData(error.message)) : error
  }
}
