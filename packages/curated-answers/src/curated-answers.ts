import type { Definition } from '@capstan/shared/contract/definition'
import type { CapabilityAnswer } from '@capstan/shared/contract/inferred-capability'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { composeServiceAnswer } from './compose-service-answer.ts'
import { CuratedFile, DataIndex, type FamilyFile, type TypeFacts } from './curated-data.ts'
import { listServiceGroups } from './list-service-groups.ts'

/** The two members of a definition that a lookup needs. */
export type CuratedQuestion = Pick<Definition, 'type' | 'outline'>

export interface CuratedAnswers {
  /** Changes with every change of the data. */
  version: string
  /** The curated answer about a type. Undefined for an unknown type, and for one of another kind or scope. */
  find(question: CuratedQuestion): CapabilityAnswer | undefined
}

/** Finds the answer in one file. */
type FindInFile = (question: CuratedQuestion) => CapabilityAnswer | undefined

/**
 * Opens the curated answers. A file is read at the first question about one of its API groups, and kept.
 * @param readData Reads and parses a file of the data by name.
 */
export function openCuratedAnswers(readData: (name: string) => unknown): CuratedAnswers {
  const index = DataIndex.parse(readData('index'))
  const filesByGroup = new Map<string, string[]>()
  for (const [file, groups] of Object.entries(index.files)) {
    for (const group of groups) filesByGroup.set(group, [...(filesByGroup.get(group) ?? []), file])
  }
  const loaded = new Map<string, FindInFile>()
  const load = (name: string): FindInFile => {
    const known = loaded.get(name)
    if (known) return known
    const find = indexFile(CuratedFile.parse(readData(name)))
    loaded.set(name, find)
    return find
  }
  return {
    version: index.version,
    find(question) {
      for (const name of filesByGroup.get(question.type.group) ?? []) {
        const answer = load(name)(question)
        if (answer) return answer
      }
      return undefined
    },
  }
}

function indexFile(file: CuratedFile): FindInFile {
  return 'rows' in file ? indexRows(file.rows) : indexServices(file)
}

function indexRows(rows: Extract<CuratedFile, { rows: unknown }>['rows']): FindInFile {
  const byType = new Map(
    rows.map(({ type, facts, fields: _fields, ...answer }) => [type, { facts, answer }]),
  )
  return ({ type }) => {
    const row = byType.get(resourceName(type))
    return row && isSameType(row.facts, type) ? structuredClone(row.answer) : undefined
  }
}

function indexServices(family: FamilyFile): FindInFile {
  const byGroup = new Map(listServiceGroups(family).map((one) => [one.group, one]))
  return (question) => {
    const { group, plural, kind, scope } = question.type
    const found = byGroup.get(group)
    if (found?.scope !== scope) return undefined
    const { kinds } = found.row.facts
    if (Object.hasOwn(kinds, plural) && kinds[plural] !== kind) return undefined
    return composeServiceAnswer(family, found, question)
  }
}

/** A type of the same name can be of another project. */
function isSameType(facts: TypeFacts, type: ResourceType): boolean {
  return facts.kind === type.kind && facts.scope === type.scope
}
