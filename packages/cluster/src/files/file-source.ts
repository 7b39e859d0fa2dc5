import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { AppError } from '@capstan/shared/errors'
import type { ClusterSource, Discovery } from '../cluster-source.ts'
import { chooseTypes } from '../discovery/choose-types.ts'
import { compareApiVersions } from '../discovery/compare-api-versions.ts'
import { singleFlight } from '../discovery/single-flight.ts'
import { createReducer } from '../reduce/reducer.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import type { FileContent } from '../reduce/reducer-tasks.ts'
import { misconfiguredError } from '../kube/misconfigured-error.ts'
import { FILES_HINT, findFiles, type SourceFile } from './find-files.ts'
import { mergeContents, type MergedContents, type NamedContent } from './merge-contents.ts'

export interface FileSourceOptions {
  /** Files and folders. */
  paths: string[]
  budgetTokens: number
  /** Called once for each different warning. */
  onWarning(warning: string): void
}

interface CachedFile {
  version: string
  content: FileContent
}

/** The contents of all files at one time. */
interface FilesSnapshot {
  contents: (NamedContent & { path: string })[]
  /** Warnings of the file search. */
  warnings: string[]
}

/** The types and definitions of a snapshot. */
interface DefinedTypes extends FilesSnapshot {
  describe: MergedContents['describe']
  discovery: Discovery
}

/** Maximum age of a discovery that a following describe uses. */
const DISCOVERY_MAX_AGE_MS = 60_000
/** Limit, because a folder of unrelated files causes one for each and scans store them. */
const MAX_WARNINGS = 100

/** A source for types in CRD manifests and OpenAPI v3 documents, without a cluster. Reads changed files again. */
export function createFileSource({
  paths,
  budgetTokens,
  onWarning,
}: FileSourceOptions): ClusterSource {
  const reducer = createReducer()
  const readOne = ({ path, name }: SourceFile, signal: AbortSignal): Promise<FileContent> =>
    reducer.run('file', { path, name, budgetTokens }, signal).catch((error: unknown) => {
      if (!(error instanceof ReducerError)) throw error
      return { resources: [], crds: [], reduced: [], warnings: [`${name}: ${error.message}`] }
    })
  const readAll = createFilesReader(paths, readOne)
  const report = createWarningReporter(onWarning)
  let warnings: string[] = []
  let last: DefinedTypes | undefined
  const discover = singleFlight(async (signal): Promise<DefinedTypes> => {
    const files = await readAll(signal)
    if (last && isSame(last, files)) return last
    const merged = mergeContents(files.contents)
    warnings = limitWarnings([...files.warnings, ...merged.warnings])
    report(warnings)
    if (merged.resources.length === 0)
      throw noDefinitionError(paths, files.contents.length, warnings)
    const resources = merged.resources.toSorted((a, b) => compareApiVersions(a.version, b.version))
    const discovery = chooseTypes({ resources, unavailable: [] })
    return (last = { ...files, describe: merged.describe, discovery })
  })
  return {
    name: 'files',
    origin: `files in ${paths.join(', ')}`,
    discover: async (signal, { maxAgeMs = 0 } = {}) => (await discover(signal, maxAgeMs)).discovery,
    describe: async function* (types, _known, signal) {
      const { describe } = await discover(signal, DISCOVERY_MAX_AGE_MS)
      for (const type of types) yield describe(type)
    },
    example: async (type, signal) => {
      const path = findDefiningFile(await discover(signal, DISCOVERY_MAX_AGE_MS), type)
      if (path === undefined)
        return { outcome: 'unavailable', reason: 'no file defines it any more' }
      return reducer.run('file-example', { path, type }, signal)
    },
    warnings: () => warnings,
    close: reducer.close,
  }
}

/** The first definition of a type counts, as in `mergeContents`. */
function findDefiningFile({ contents }: FilesSnapshot, type: ResourceType): string | undefined {
  const name = resourceName(type)
  return contents.find(({ content }) =>
    content.resources.some(
      (resource) => resourceName(resource) === name && resource.version === type.version,
    ),
  )?.path
}

/** Reads all files, and files that did not change from the cache of the last call. */
function createFilesReader(
  paths: string[],
  readOne: (file: SourceFile, signal: AbortSignal) => Promise<FileContent>,
): (signal: AbortSignal) => Promise<FilesSnapshot> {
  let cache = new Map<string, CachedFile>()
  return async (signal) => {
    const found = await findFiles(paths)
    const contents: FilesSnapshot['contents'] = []
    const current = new Map<string, CachedFile>()
    for (const file of found.files) {
      const cached = cache.get(file.path)
      const content =
        cached?.version === file.version ? cached.content : await readOne(file, signal)
      current.set(file.path, { version: file.version, content })
      contents.push({ name: file.name, path: file.path, content })
    }
    cache = current
    return { contents, warnings: found.warnings }
  }
}

function isSame(a: FilesSnapshot, b: FilesSnapshot): boolean {
  const isSameContent = ({ name, content }: NamedContent, index: number): boolean =>
    name === b.contents[index]?.name && content === b.contents[index]?.content
  return (
    a.contents.length === b.contents.length &&
    a.contents.every(isSameContent) &&
    a.warnings.join('\n') === b.warnings.join('\n')
  )
}

function createWarningReporter(onWarning: (warning: string) => void): (warnings: string[]) => void {
  let previous = new Set<string>()
  return (warnings) => {
    for (const warning of warnings) if (!previous.has(warning)) onWarning(warning)
    previous = new Set(warnings)
  }
}

function limitWarnings(warnings: string[]): string[] {
  const excess = warnings.length - MAX_WARNINGS
  return excess > 0
    ? [...warnings.slice(0, MAX_WARNINGS), `${excess} more files or definitions are left out`]
    : warnings
}

/** A broken file among others is a warning. Without any definition, the warnings are the error. */
function noDefinitionError(paths: string[], files: number, faults: string[]): AppError {
  const shown = faults.slice(0, 3).map((fault) => fault.slice(0, 160))
  const why = shown.length > 0 ? shown.join('; ') : 'none is a CRD or an OpenAPI v3 document'
  const more = faults.length > shown.length ? `; and ${faults.length - shown.length} more` : ''
  return misconfiguredError(
    `None of the ${files} files in ${paths.join(', ')} defines a type: ${why}${more}`,
    FILES_HINT,
  )
}
