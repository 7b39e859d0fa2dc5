import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { misconfigured } from '../kube/misconfigured.ts'

/** A file at one moment; another version of it means that it was changed. */
export interface FoundFile {
  path: string
  version: string
}

const EXTENSION = /\.(?:json|ya?ml)$/
const MAX_FILES = 20_000
export const FILES_HINT =
  'Set CAPSTAN_CLUSTER_FILES to files or folders of CRD manifests or OpenAPI v3 documents.'

/** YAML and JSON files below the given files and folders. AppError CLUSTER_MISCONFIGURED when there are none. */
export async function findFiles(places: string[]): Promise<FoundFile[]> {
  if (places.length === 0) throw misconfigured('No file or folder is named', FILES_HINT)
  const files: FoundFile[] = []
  for (const place of places) {
    const found = await stat(place).catch(() => undefined)
    if (!found) throw misconfigured(`There is no file or folder ${place}`, FILES_HINT)
    files.push(...(found.isDirectory() ? await findInFolder(place) : [await asFound(place)]))
  }
  if (files.length === 0) {
    throw misconfigured(`No YAML or JSON file is in ${places.join(', ')}`, FILES_HINT)
  }
  if (files.length > MAX_FILES) {
    throw misconfigured(`More than ${MAX_FILES} files are in ${places.join(', ')}`, FILES_HINT)
  }
  return files
}

async function findInFolder(folder: string): Promise<FoundFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && EXTENSION.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    paths
      .toSorted()
      .slice(0, MAX_FILES + 1)
      .map(asFound),
  )
}

async function asFound(path: string): Promise<FoundFile> {
  const { mtimeMs, size } = await stat(path)
  return { path, version: `${mtimeMs}-${size}` }
}
