import type { Capability, CapabilityOverride } from '@capstan/shared/contract/capability'
import type { Catalog } from '../catalog.ts'
import type { OverrideStore } from './override-store.ts'

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

/** A catalog of which people can say something. It is stored before it is applied, and whoever writes a row applies it. */
export function withOverrides(catalog: Catalog, overrides: OverrideStore): OverridableCatalog {
  const reapply = async (cluster: string, resource: string): Promise<void> => {
    const row = await catalog.get(cluster, resource)
    if (row) await catalog.put([row])
  }
  return {
    ...catalog,
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
