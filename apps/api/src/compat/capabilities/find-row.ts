import type { Catalog } from '@capstan/catalog/catalog'
import type { Capability } from '@capstan/shared/contract/capability'
import { allRows } from '../../capabilities/export-rows.ts'
import { compatId, compatName } from '../compat-name.ts'

/**
 * The row that an id means: one of dot-ai (made from `Kind.group` or from `plural.group`, both were in use), one of
 * Capstan, or a name. The cluster is not asked: a type that is gone must still be found to be deleted.
 */
export async function findRow(
  catalog: Catalog,
  cluster: string,
  id: string,
): Promise<Capability | undefined> {
  const wanted = id.trim().toLowerCase()
  return firstOf(catalog, cluster, isUuid(wanted) ? hasId(wanted) : hasName(wanted))
}

/** The row of a kind (or plural) at exactly this apiVersion. */
export async function findByKind(
  catalog: Catalog,
  cluster: string,
  { kind, apiVersion }: { kind: string; apiVersion: string },
): Promise<Capability | undefined> {
  const wanted = kind.toLowerCase()
  return firstOf(
    catalog,
    cluster,
    (row) =>
      row.apiVersion === apiVersion &&
      (row.kind.toLowerCase() === wanted || pluralOf(row).toLowerCase() === wanted),
  )
}

async function firstOf(
  catalog: Catalog,
  cluster: string,
  fits: (row: Capability) => boolean,
): Promise<Capability | undefined> {
  for await (const rows of allRows(catalog, { cluster })) {
    const found = rows.find(fits)
    if (found) return found
  }
  return undefined
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

function hasId(id: string): (row: Capability) => boolean {
  return (row) =>
    row.id === id || [compatName(row), row.resource].some((one) => compatId(one) === id)
}

function hasName(name: string): (row: Capability) => boolean {
  return (row) => [compatName(row), row.resource].some((one) => one.toLowerCase() === name)
}

function pluralOf({ resource, group }: Capability): string {
  return group === '' ? resource : resource.slice(0, -group.length - 1)
}
