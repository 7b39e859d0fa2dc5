import { resourceName } from '@capstan/shared/contract/resource-type'
import {
  DataIndex,
  FamilyFile,
  ProjectFile,
  type CuratedRow,
  type ServiceRow,
} from './curated-data.ts'
import { computeDataVersion } from './data-version.ts'
import { listServiceGroups } from './list-service-groups.ts'

/** Data of the package: parsed files by name, without the index. */
export type DataFiles = ReadonlyMap<string, unknown>

/** The members that rows of all files have in common. */
interface PlacedRow {
  /** For reports: `FILE: TYPE`. */
  place: string
  /** The type, or `*.GROUP` of a service. */
  subject: string
  capabilities: string[]
  searchPhrases: string[]
}

/** Lists the faults of the data for people, one line each. Empty if it can be used. */
export function listDataFaults(files: DataFiles, index: unknown): string[] {
  const faults: string[] = []
  const placed: PlacedRow[] = []
  const groups = new Map<string, string[]>()
  for (const [name, content] of files) {
    const schema = name.startsWith('families/') ? FamilyFile : ProjectFile
    const parsed = schema.safeParse(content)
    if (!parsed.success) {
      faults.push(...parsed.error.issues.map((issue) => formatIssue(name, content, issue)))
      continue
    }
    const file = parsed.data
    const rows = 'rows' in file ? file.rows.map(placeRow) : file.services.map(placeService)
    placed.push(...rows.map((row) => ({ ...row, place: `${name}: ${row.subject}` })))
    groups.set(name, listGroups(file))
    faults.push(
      ...('rows' in file
        ? file.rows.flatMap((row) => listRowFaults(name, row))
        : file.services.flatMap((row) => listServiceFaults(name, row))),
    )
  }
  return [
    ...faults,
    ...listRepeated(placed, 'type', ({ subject }) => [subject]),
    ...listRepeated(placed, 'capability', ({ capabilities }) => capabilities),
    ...listRepeated(placed, 'search phrase', ({ searchPhrases }) => searchPhrases),
    ...listIndexFaults(files, groups, index),
  ]
}

/** API groups of a file, sorted. */
export function listGroups(file: ProjectFile | FamilyFile): string[] {
  const groups =
    'rows' in file
      ? file.rows.map(({ facts }) => facts.group)
      : listServiceGroups(file).map(({ group }) => group)
  return [...new Set(groups)].toSorted()
}

function placeRow({ type, capabilities, searchPhrases }: CuratedRow): Omit<PlacedRow, 'place'> {
  return { subject: type, capabilities, searchPhrases }
}

function placeService(row: ServiceRow): Omit<PlacedRow, 'place'> {
  const texts = Object.values(row.kindTexts ?? {})
  return {
    subject: `*.${row.group}`,
    capabilities: [...row.capabilities, ...texts.flatMap((one) => one.capabilities ?? [])],
    searchPhrases: [...row.searchPhrases, ...texts.flatMap((one) => one.searchPhrases ?? [])],
  }
}

/** The facts of a row against what it names. */
function listRowFaults(name: string, { type, fields, facts }: CuratedRow): string[] {
  const place = `${name}: ${type}`
  const known = resourceName(facts)
  return [
    ...(known === type ? [] : [`${place}: its facts are of ${known}`]),
    ...fields
      .filter((path) => !Object.hasOwn(facts.fields, path))
      .map((path) => `${place}: the facts have no field ${path}`),
    ...Object.keys(facts.fields)
      .filter((path) => !fields.includes(path))
      .map((path) => `${place}: the row does not name the field ${path} of its facts`),
  ]
}

function listServiceFaults(name: string, row: ServiceRow): string[] {
  return [...(row.mainKinds ?? []), ...Object.keys(row.kindTexts ?? {})]
    .filter((plural) => !Object.hasOwn(row.facts.kinds, plural))
    .map((plural) => `${name}: ${row.group}: the facts have no kind ${plural}`)
}

/** Texts that two rows share, or that one has twice: a reader cannot distinguish the rows by them. */
function listRepeated(
  rows: PlacedRow[],
  what: string,
  read: (row: PlacedRow) => string[],
): string[] {
  const first = new Map<string, string>()
  const faults: string[] = []
  for (const row of rows) {
    for (const text of read(row)) {
      const key = text.toLowerCase()
      const place = first.get(key)
      if (place === undefined) first.set(key, row.place)
      else faults.push(`${row.place}: the ${what} "${text}" is in ${place} too`)
    }
  }
  return faults
}

function listIndexFaults(
  files: DataFiles,
  groups: Map<string, string[]>,
  index: unknown,
): string[] {
  const parsed = DataIndex.safeParse(index)
  if (!parsed.success) return ['index: it cannot be read']
  const stale = [...files.keys()].filter(
    (name) => groups.has(name) && groups.get(name)?.join() !== parsed.data.files[name]?.join(),
  )
  const gone = Object.keys(parsed.data.files).filter((name) => !files.has(name))
  return [
    ...(parsed.data.version === computeDataVersion(files)
      ? []
      : ['index: the version is not that of the data']),
    ...[...stale, ...gone].map((name) => `index: the groups of ${name} are out of date`),
  ]
}

interface Issue {
  path: PropertyKey[]
  message: string
}

/** Names the row of an issue, not its position. */
function formatIssue(name: string, content: unknown, { path, message }: Issue): string {
  const [list, position, ...member] = path
  const row: unknown = [list, position].reduce<unknown>(readMember, content)
  const subject = readMember(row, 'type') ?? readMember(row, 'group')
  const place = typeof subject === 'string' ? subject : `${String(list)}.${String(position)}`
  return `${name}: ${place}: ${member.map(String).join('.')}: ${message}`
}

function readMember(value: unknown, name: PropertyKey | undefined): unknown {
  return typeof value === 'object' && value !== null && name !== undefined
    ? Reflect.get(value, name)
    : undefined
}
