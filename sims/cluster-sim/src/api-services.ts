import type { BuiltIn } from './built-in.ts'
import type { DiscoveredGroup } from './discovery/discovered-group.ts'
import type { Faults } from './faults.ts'

/** Routing of one API group and version (apiregistration.k8s.io/v1). */
export interface ApiService {
  metadata: { name: string }
  spec: {
    group: string
    version: string
    /** Missing when the API server itself serves it. */
    service?: { namespace: string; name: string; port: number }
    groupPriorityMinimum: number
    versionPriority: number
  }
  status: { conditions: { type: 'Available'; status: 'True' | 'False'; reason: string }[] }
}

/** Lists every group and version; they stay registered while their server is down. */
export function listApiServices(
  { core, aggregated }: BuiltIn,
  groups: DiscoveredGroup[],
  faults: Faults,
): ApiService[] {
  const down = new Set([...(faults.failingGroups ?? []), ...(faults.droppedGroups ?? [])])
  return [core, ...groups].flatMap(({ metadata: { name: group = '' }, versions }) =>
    versions.map(({ version }) => ({
      metadata: { name: `${version}.${group}` },
      spec: {
        group,
        version,
        ...(aggregated.has(group) && { service: buildService(group) }),
        groupPriorityMinimum: 1000,
        versionPriority: 100,
      },
      status: { conditions: [buildAvailability(aggregated.has(group), down.has(group))] },
    })),
  )
}

function buildService(group: string) {
  return { namespace: 'kube-system', name: group.replaceAll('.', '-'), port: 443 }
}

/** Groups that the API server itself serves are always available. */
function buildAvailability(isAggregated: boolean, isDown: boolean) {
  if (!isAggregated) return { type: 'Available', status: 'True', reason: 'Local' } as const
  if (!isDown) return { type: 'Available', status: 'True', reason: 'Passed' } as const
  return { type: 'Available', status: 'False', reason: 'FailedDiscoveryCheck' } as const
}
