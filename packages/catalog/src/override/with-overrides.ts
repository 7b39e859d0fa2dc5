import type { Capability, CapabilityOverride } from '@capstan/shared/contract/capability'
import type { Catalog } from '../catalog.ts'
import { applyOverride } from './apply-override.ts'
import type { Overrides } from './overrides.ts'

export interface OverridableCatalog extends Catalog {
  /** Keeps it for ever and applies it at once. Answers the row as it is now; undefined when there is none yet. */
  setOverride(
    cluster: string,
    resource: string,
    override: CapabilityOverride,
  ): Promise<Capability | undefined>
  /** The inferred answer shows again. Answers whether there was an override. */
  removeOverride(cluster: string, resource: string): Promise<boolean>
}

/**
 * A catalog in which what people say goes before what models say, whoever writes a row. An override is stored
 * before it is applied, and a writer looks again after its write, so the two cannot miss each other.
 */
export function withOverrides(catalog: Catalog, overrides: Overrides): OverridableCatalog {
  const putCluster = async (cluster: string, rows: Capability[]): Promise<void> => {
    const resources = rows.map((row) => row.resource)
    const applied = await overrides.of(cluster, resources)
    await catalog.put(rows.map((row, index) => applyOverride(row, applied[index])))
    const now = await overrides.of(cluster, resources)
    const missed = rows.filter((_, index) => !isSame(applied[index], now[index]))
    if (missed.length > 0) await putCluster(cluster, missed)
  }
  /** Goes through `put`, which applies whatever is stored. */
  const reapply = async (cluster: string, resource: string): Promise<void> => {
    const row = await catalog.get(cluster, resource)
    if (row) await putCluster(cluster, [row])
  }
  return {
    ...catalog,
    put: async (capabilities) => {
      const clusters = Map.groupBy(capabilities, (row) => row.cluster)
      for (const [cluster, rows] of clusters) await putCluster(cluster, rows)
    },
    setOverride: async (cluster, resource, override) => {
      await overrides.set(cluster, resource, override)
      await reapply(cluster, resource)
      return catalog.get(cluster, resource)
    },
    removeOverride: async (cluster, resource) => {
      const removed = await overrides.remove(cluster, resource)
      await reapply(cluster, resource)
      return removed
    },
  }
}

function isSame(one: CapabilityOverride | undefined, other: CapabilityOverride | undefined) {
  return JSON.stringify(one) === JSON.stringify(other)
}
