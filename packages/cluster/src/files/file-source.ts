import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { AppError } from '@capstan/shared/errors'
import type { Definition } from '@capstan/shared/contract/definition'
import type { ClusterSource, Described, Discovery } from '../cluster-source.ts'
import { chooseTypes } from '../discovery/choose-types.ts'
import { compareVersions } from '../discovery/compare-versions.ts'
import { shareLooks } from '../discovery/share-looks.ts'
import { createReducer } from '../reduce/reducer.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import type { FileContent } from '../reduce/tasks.ts'
import { misconfigured } from '../kube/misconfigured.ts'
import { FILES_HINT, findFiles, type FoundFile } from './find-files.ts'

interface ReadFile {
  version: string
  content: FileContent
}

/** What the files hold at one moment, and what that offers. */
interface FileLook {
  contents: FileContent[]
  discovery: Discovery
}

/** How long the last look at the files serves a describe that follows it. */
const LOOK_MS = 60_000

/** Types that files define: CRD manifests and OpenAPI v3 documents, without a cluster. Changed files are read again. */
export function createFileSource(places: string[], budgetTokens: number): ClusterSource {
  const reducer = createReducer()
  const read = new Map<string, ReadFile>()
  const readAll = async (signal: AbortSignal): Promise<FileContent[]> => {
    const files = await findFiles(places)
    const contents: FileContent[] = []
    for (const file of files) {
      const known = read.get(file.path)
      const content = known?.version === file.version ? known.content : await readOne(file, signal)
      read.set(file.path, { version: file.version, content })
      contents.push(content)
    }
    return contents
  }
  const readOne = ({ path }: FoundFile, signal: AbortSignal): Promise<FileContent> =>
    reducer.run('file', { path, budgetTokens }, signal).catch((error: unknown) => {
      if (!(error instanceof ReducerError)) throw error
      return { resources: [], reduced: [], warnings: [`${path}: ${error.message}`] }
    })
  let last: FileLook | undefined
  const look = shareLooks(async (signal): Promise<FileLook> => {
    const contents = await readAll(signal)
    const isSame = last?.contents.length === contents.length
    if (last && isSame && contents.every((one, index) => one === last?.contents[index])) return last
    last = { contents, discovery: discoverIn(contents, places) }
    return last
  })
  return {
    name: 'files',
    origin: `files in ${places.join(', ')}`,
    discover: async (signal, { maxAgeMs = 0 } = {}) => (await look(signal, maxAgeMs)).discovery,
    describe: async function* (types, _known, signal) {
      const { contents } = await look(signal, LOOK_MS)
      const results = resultsOf(contents)
      for (const type of types) yield describedOf(type, results)
    },
    warnings: () => [...read.values()].flatMap(({ content }) => content.warnings),
    close: reducer.close,
  }
}

function discoverIn(contents: FileContent[], places: string[]): Discovery {
  const resources = contents
    .flatMap((content) => content.resources)
    .toSorted((a, b) => compareVersions(a.version, b.version))
  if (resources.length === 0) throw nothingDefined(places, contents)
  return chooseTypes({ resources, unavailable: [] })
}

/** One broken file among others is a warning; when nothing at all is left, the faults are the answer. */
function nothingDefined(places: string[], contents: FileContent[]): AppError {
  const faults = contents.flatMap(({ warnings }) => warnings)
  const shown = faults.slice(0, 3).map((fault) => fault.slice(0, 120))
  const why = shown.length > 0 ? shown.join('; ') : 'none is a CRD or an OpenAPI v3 document'
  const more = faults.length > shown.length ? `; and ${faults.length - shown.length} more` : ''
  return misconfigured(
    `None of the ${contents.length} files in ${places.join(', ')} defines a type: ${why}${more}`,
    FILES_HINT,
  )
}

interface Results {
  definitions: Map<string, Definition>
  faults: Map<string, string>
}

/** What came of each type in each version; of two files that define the same the first counts. */
function resultsOf(contents: FileContent[]): Results {
  const results: Results = { definitions: new Map(), faults: new Map() }
  for (const reduced of contents.flatMap((content) => content.reduced)) {
    if ('fault' in reduced) results.faults.set(reduced.resource, reduced.fault)
    else {
      const key = keyOf(reduced.definition.type)
      if (!results.definitions.has(key)) results.definitions.set(key, reduced.definition)
    }
  }
  return results
}

function describedOf(type: ResourceType, { definitions, faults }: Results): Described {
  const definition = definitions.get(keyOf(type))
  if (definition) return { outcome: 'described', definition }
  const reason = faults.get(resourceName(type)) ?? 'no file defines it any more'
  return { outcome: 'undescribable', type, reason }
}

function keyOf(type: ResourceType): string {
  return `${resourceName(type)}/${type.version}`
}
