import type { AddressInfo } from 'node:net'
import { makeCapability } from '@capstan/testkit/make-capability'
import { startRig, type ApiRig, type RigOptions } from '../support/api-rig.ts'
import { literalClusters, type LiteralCluster } from '../support/literal-clusters.ts'
import { scanMaker } from '../support/scan-maker.ts'
import { compatClient, type CompatClient } from './compat-client.ts'

export interface CompatRig extends ApiRig {
  client: CompatClient
  cluster: LiteralCluster
  maker: ReturnType<typeof scanMaker>
  /** Sends an arbitrary body to the tool. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  /** Stores a row for each kind in the group example.com. */
  store(...kinds: string[]): Promise<void>
}

/** An API in the test process over one literal cluster. Only the test processes its jobs. */
export async function startCompatRig(
  kinds: string[] = ['Kafka', 'Postgres', 'Topic'],
  options: RigOptions = {},
): Promise<CompatRig> {
  const { cluster, clusters } = literalClusters(kinds)
  const rig = await startRig({ clusters, planner: true, compat: 'dot-ai', ...options })
  const { port } = rig.app.server.address() as AddressInfo
  return {
    ...rig,
    cluster,
    client: compatClient(`http://127.0.0.1:${port}`),
    maker: scanMaker(rig.deps.journal),
    post: (body, headers = {}) => rig.ask('/api/v1/tools/manageOrgData', { json: body, headers }),
    store: (...stored) =>
      rig.deps.catalog.put(
        stored.map((kind) => makeCapability({ cluster: 'prod', group: 'example.com', kind })),
      ),
  }
}
