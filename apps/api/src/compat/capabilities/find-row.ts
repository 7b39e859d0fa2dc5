import type { Catalog } from '@capstan/catalog/catalog'
import type { Capability } from '@capstan/shared/contract/capability'
import { listAllRows } from '../../capabilities/export-rows.ts'
import { createCompatId, formatCompatName } from '../compat-name.ts'

/**
 * Finds the row of an id: an id of dot-ai (created from `Kind.group` or from `plural.group`), an id of Capstan, or a
 * name. Does not read the cluster, because removed types must be found as well.
 */
export async function findRow(
  catalog: Catalog,
  cluster: string,
  id: string,
): Promise<Capability | undefined> {
  const key = id.trim().toLowerCase()
  return findFirst(catalog, cluster, isUuid(key) ? hasId(key) : hasName(key))
}

/** Finds the row of a kind (or plural) with exactly this apiVersion. */
export async function findByKind(
  catalog: Catalog,
  cluster: string,
  { kind, apiVersion }: { kind: string; apiVersion: string },
): Promise<Capability | undefined> {
  const name = kind.toLowerCase()
  return findFirst(
    catalog,
    cluster,
    (row) =>
      row.apiVersion === apiVersion &&
      (row.kind.toLowerCase() === name || parsePlural(row).toLowerCase() === name),
  )
}

async function findFirst(
  catalog: Catalog,
  cluster: string,
  matches: (row: Capability) => boolean,
): Promise<Capability | undefined> {
  for await (const rows of listAllRows(catalog, { cluster })) {
    const found = rows.find(matches)
    if (found) return found
  }
  return undefined
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

function hasId(id: string): (row: Capability) => boolean {
  return (row) =>
    row.id === id || [formatCompatName(row), row.resource].some((one) => createCompatId(one) === id)
}

function hasName(name: string): (row: Capability) => boolean {
  return (row) => [formatCompatName(row), row.resource].some((one) => one.toLowerCase() === name)
}

function parsePlural({ resource, group }: Capability): string {
  return group === '' ? resource : resource.slice(0, -group.length - 1)
}
