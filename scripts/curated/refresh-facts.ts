import {
  resourceName,
  type ResourceType,
} from '../../packages/shared/src/contract/resource-type.ts'
import type {
  CuratedRow,
  FamilyFile,
  ProjectFile,
  ServiceRow,
  TypeFacts,
} from '../../packages/curated-answers/src/curated-data.ts'
import { compareApiVersions } from '../../packages/cluster/src/discovery/compare-api-versions.ts'
import { listServiceGroups } from '../../packages/curated-answers/src/list-service-groups.ts'
import type { DefinedType, DefinedTypes } from './read-defined-types.ts'

/** A row whose facts were not read yet. */
export type DraftRow = Omit<CuratedRow, 'facts'> & { facts?: TypeFacts }
export type DraftProject = Omit<ProjectFile, 'rows'> & { rows: DraftRow[] }
export type DraftService = Omit<ServiceRow, 'facts'> & { facts?: ServiceRow['facts'] }
export type DraftFamily = Omit<FamilyFile, 'services'> & { services: DraftService[] }
export type DraftFile = DraftProject | DraftFamily

export interface Coverage {
  /** Name of the file, or an API group without rows. */
  source: string
  types: number
  covered: number
}

export interface RefreshedData {
  /** Files with new facts. */
  files: Map<string, DraftFile>
  /** Rows that do not hold for the definitions. */
  faults: string[]
  /** Rows whose definition changed: read it again. */
  changes: string[]
  /** Types without a row, in API groups with rows. */
  newTypes: string[]
  coverage: Coverage[]
}

/** Compares the rows with the definitions that were found, and takes over their facts. Rows without a definition keep theirs. */
export function refreshFacts(
  drafts: ReadonlyMap<string, DraftFile>,
  types: DefinedTypes['types'],
): RefreshedData {
  const result: RefreshedData = {
    files: new Map(),
    faults: [],
    changes: [],
    newTypes: [],
    coverage: [],
  }
  const left = new Map(types)
  for (const [name, file] of drafts) {
    const before = left.size
    const refreshed =
      'rows' in file
        ? refreshProject(name, file, left, result)
        : refreshFamily(name, file, left, result)
    result.files.set(name, refreshed)
    const covered = before - left.size
    if (covered > 0) result.coverage.push({ source: name, types: covered, covered })
  }
  countUncovered(left, drafts, result)
  return result
}

function refreshProject(
  name: string,
  file: DraftProject,
  left: Map<string, DefinedType>,
  result: RefreshedData,
): DraftProject {
  const rows = file.rows.map((row) => {
    const found = left.get(row.type)
    if (!found) return row
    left.delete(row.type)
    const place = `${name}: ${row.type}`
    const facts = readFacts(found)
    const missing = row.fields.filter((path) => !Object.hasOwn(facts.fields, path))
    result.faults.push(...missing.map((path) => `${place}: there is no field ${path}`))
    if (row.facts) compareFacts(place, row.facts, facts, result)
    return { ...row, facts }
  })
  return { ...file, rows }
}

function readFacts({
  definition: { type, outlineHash },
  versions,
  fields,
}: DefinedType): TypeFacts {
  const { group, kind, plural, scope } = type
  const known = [...fields].flatMap(([path, name]) =>
    name === undefined ? [] : [[path, name] as const],
  )
  return { group, kind, plural, scope, versions, outlineHash, fields: Object.fromEntries(known) }
}

function compareFacts(
  place: string,
  old: TypeFacts,
  facts: TypeFacts,
  result: RefreshedData,
): void {
  for (const member of ['kind', 'scope'] as const) {
    if (old[member] === facts[member]) continue
    result.faults.push(`${place}: the ${member} is ${facts[member]}, it was ${old[member]}`)
  }
  if (old.outlineHash !== facts.outlineHash) result.changes.push(`${place}: the outline changed`)
}

function refreshFamily(
  name: string,
  file: DraftFamily,
  left: Map<string, DefinedType>,
  result: RefreshedData,
): DraftFamily {
  const byGroup = Map.groupBy(left.values(), ({ definition }) => definition.type.group)
  // The groups do not depend on facts.
  const groups = Map.groupBy(listServiceGroups(file as FamilyFile), ({ row }) => row.group)
  const services = file.services.map((service) => {
    const found = (groups.get(service.group) ?? []).flatMap(({ group, scope }) =>
      (byGroup.get(group) ?? []).map((one) => ({ ...one, expectedScope: scope })),
    )
    if (found.length === 0) return service
    const kinds: Record<string, string> = { ...service.facts?.kinds }
    const versions = new Set(service.facts?.versions)
    for (const one of found) {
      const { type } = one.definition
      left.delete(resourceName(type))
      const known = service.facts?.kinds[type.plural]
      compareKind(
        `${name}: ${resourceName(type)}`,
        { type, known, scope: one.expectedScope },
        result,
      )
      if (known === undefined && service.facts) {
        result.changes.push(`${name}: ${resourceName(type)}: a new type`)
      }
      kinds[type.plural] = type.kind
      for (const version of one.versions) versions.add(version)
    }
    const sorted = Object.entries(kinds).toSorted(([a], [b]) => (a < b ? -1 : 1))
    const facts = {
      versions: [...versions].toSorted(compareApiVersions),
      kinds: Object.fromEntries(sorted),
    }
    return { ...service, facts }
  })
  return { ...file, services }
}

interface KindInService {
  type: ResourceType
  known: string | undefined
  scope: ResourceType['scope']
}

function compareKind(
  place: string,
  { type, known, scope }: KindInService,
  result: RefreshedData,
): void {
  if (type.scope !== scope) result.faults.push(`${place}: the scope is ${type.scope}`)
  if (known !== undefined && known !== type.kind) {
    result.faults.push(`${place}: the kind is ${type.kind}, it was ${known}`)
  }
}

/** Types that no row answers, by API group. */
function countUncovered(
  left: ReadonlyMap<string, DefinedType>,
  drafts: ReadonlyMap<string, DraftFile>,
  result: RefreshedData,
): void {
  const groups = new Set<string>()
  for (const file of drafts.values()) {
    if ('rows' in file) for (const { type } of file.rows) groups.add(readGroup(type))
  }
  const byGroup = Map.groupBy(left.keys(), readGroup)
  for (const [group, names] of byGroup) {
    if (groups.has(group)) result.newTypes.push(...names)
    result.coverage.push({ source: group, types: names.length, covered: 0 })
  }
}

function readGroup(type: string): string {
  const [, ...rest] = type.split('.')
  return rest.join('.')
}
