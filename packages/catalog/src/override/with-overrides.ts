import type { Capability, CapabilityOverride } from '@capstan/shared/contract/capability'
import type { Catalog } from '../catalog.ts'
import type { OverrideStore } from './override-store.ts'

export interface OverridableCatalog extends Catalog {
  /** Stores an override without expiry and applies it at once. Returns the row; undefined if there is none yet. */
  setOverride(
    cluster: string,
    resource: string,
    override: CapabilityOverride,
  ): Promise<Capability | undefined>
  /** Removes an override and restores the inferred fields. Returns whether there was one. */
  removeOverride(cluster: string, resource: string): Promise<boolean>
}

/** Adds overrides to a catalog. An override is stored before it is applied, and every later write of the row applies it. */
export function withOverrides(catalog: Catalog, overrides: OverrideStore): OverridableCatalog {
  const rewriteRow = async (cluster: string, resource: string): Promise<void> => {
    const row = await catalog.get(cluster, resource)
    if (row) await catalog.put([row])
  }
  return {
    ...catalog,
    setOverride: async (cluster, resource, override) => {
      await overrides.set(cluster, resource, override)
      await rewriteRow(cluster, resource)
      return catalog.get(cluster, resource)
    },
    removeOverride: async (cluster, resource) => {
      const removed = await overrides.remove(cluster, resource)
      await rewriteRow(cluster, resource)
      return removed
    },
  }
}
