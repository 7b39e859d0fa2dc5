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
  places: string[]
  budgetTokens: number
  /** Called once for each different warning. */
  onWarning(warning: string): void
}

interface ReadFile {
  version: string
  content: FileContent
}

/** All files at one moment. */
interface FilesRead {
  contents: NamedContent[]
  /** Of the search for files. */
  warnings: string[]
}

/** What the files hold at one moment, and what that offers. */
interface FileLook extends FilesRead {
  describe: MergedContents['describe']
  discovery: Discovery
}

/** How long the last look at the files serves a describe that follows it. */
const LOOK_MS = 60_000
/** A folder of other files gives one for each; scans keep them. */
const MOST_WARNINGS = 100

/** Types that files define: CRD manifests and OpenAPI v3 documents, without a cluster. Changed files are read again. */
export function createFileSource({
  places,
  budgetTokens,
  onWarning,
}: FileSourceOptions): ClusterSource {
  const reducer = createReducer()
  const readOne = ({ path, name }: SourceFile, signal: AbortSignal): Promise<FileContent> =>
    reducer.run('file', { path, name, budgetTokens }, signal).catch((error: unknown) => {
      if (!(error instanceof ReducerError)) throw error
      return { resources: [], crds: [], reduced: [], warnings: [`${name}: ${error.message}`] }
    })
  const readAll = createFilesReader(places, readOne)
  const announce = createAnnouncer(onWarning)
  let warnings: string[] = []
  let last: FileLook | undefined
  const look = singleFlight(async (signal): Promise<FileLook> => {
    const files = await readAll(signal)
    if (last && isSame(last, files)) return last
    const merged = mergeContents(files.contents)
    warnings = capped([...files.warnings, ...merged.warnings])
    announce(warnings)
    if (merged.resources.length === 0) throw nothingDefined(places, files.contents.length, warnings)
    const resources = merged.resources.toSorted((a, b) => compareApiVersions(a.version, b.version))
    const discovery = chooseTypes({ resources, unavailable: [] })
    return (last = { ...files, describe: merged.describe, discovery })
  })
  return {
    name: 'files',
    origin: `files in ${places.join(', ')}`,
    discover: async (signal, { maxAgeMs = 0 } = {}) => (await look(signal, maxAgeMs)).discovery,
    describe: async function* (types, _known, signal) {
      const { describe } = await look(signal, LOOK_MS)
      for (const type of types) yield describe(type)
    },
    warnings: () => warnings,
    close: reducer.close,
  }
}

/** Reads the files again that have changed since the call before. */
function createFilesReader(
  places: string[],
  readOne: (file: SourceFile, signal: AbortSignal) => Promise<FileContent>,
): (signal: AbortSignal) => Promise<FilesRead> {
  let read = new Map<string, ReadFile>()
  return async (signal) => {
    const found = await findFiles(places)
    const contents: NamedContent[] = []
    const now = new Map<string, ReadFile>()
    for (const file of found.files) {
      const known = read.get(file.path)
      const content = known?.version === file.version ? known.content : await readOne(file, signal)
      now.set(file.path, { version: file.version, content })
      contents.push({ name: file.name, content })
    }
    read = now
    return { contents, warnings: found.warnings }
  }
}

function isSame(a: FilesRead, b: FilesRead): boolean {
  const isSameContent = ({ name, content }: NamedContent, index: number): boolean =>
    name === b.contents[index]?.name && content === b.contents[index]?.content
  return (
    a.contents.length === b.contents.length &&
    a.contents.every(isSameContent) &&
    a.warnings.join('\n') === b.warnings.join('\n')
  )
}

function createAnnouncer(onWarning: (warning: string) => void): (warnings: string[]) => void {
  let before = new Set<string>()
  return (warnings) => {
    for (const warning of warnings) if (!before.has(warning)) onWarning(warning)
    before = new Set(warnings)
  }
}

function capped(warnings: string[]): string[] {
  const left = warnings.length - MOST_WARNINGS
  return left > 0
    ? [...warnings.slice(0, MOST_WARNINGS), `${left} more files or definitions are left out`]
    : warnings
}

/** One broken file among others is a warning; when nothing at all is left, the faults are the answer. */
function nothingDefined(places: string[], files: number, faults: string[]): AppError {
  const shown = faults.slice(0, 3).map((fault) => fault.slice(0, 160))
  const why = shown.length > 0 ? shown.join('; ') : 'none is a CRD or an OpenAPI v3 document'
  const more = faults.length > shown.length ? `; and ${faults.length - shown.length} more` : ''
  return misconfiguredError(
    `None of the ${files} files in ${places.join(', ')} defines a type: ${why}${more}`,
    FILES_HINT,
  )
}
