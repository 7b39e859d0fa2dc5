import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { CrdManifest } from '../crds/crd-manifest.ts'

/** Reads the CRDs of a folder, at any depth; other kinds are skipped. Throws for a file that does not parse. */
export async function* readManifests(folder: string): AsyncGenerator<CrdManifest> {
  const entries = await readdir(folder, { recursive: true })
  for (const entry of entries.toSorted()) {
    if (/\.(ya?ml|json)$/.test(entry)) yield* readManifestFile(join(folder, entry))
  }
}

/** Reads the CRDs of a JSON file or of a file of YAML documents. */
export async function* readManifestFile(file: string): AsyncGenerator<CrdManifest> {
  for (const document of parseDocuments(file, await readFile(file, 'utf8'))) {
    if (!isCrd(document)) continue
    const parsed = CrdManifest.safeParse(document)
    if (!parsed.success) throw new Error(`${file} is not a valid CRD: ${parsed.error.message}`)
    yield parsed.data
  }
}

function parseDocuments(file: string, text: string): unknown[] {
  if (file.endsWith('.json')) return [JSON.parse(text)]
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors
    if (error) throw new Error(`${file} is not valid YAML: ${error.message}`)
    // Aliases keep the demo's large schemas short on disk. These files are trusted.
    return document.toJS({ maxAliasCount: -1 })
  })
}

function isCrd(document: unknown): boolean {
  if (typeof document !== 'object' || document === null || !('kind' in document)) return false
  return document.kind === 'CustomResourceDefinition'
}
