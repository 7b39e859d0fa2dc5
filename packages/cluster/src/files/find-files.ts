import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { misconfiguredError } from '../kube/misconfigured-error.ts'

/** A file at one moment; another version of it means that it was changed. */
export interface SourceFile {
  path: string
  /** For warnings: the path below the place that was asked for. */
  name: string
  version: string
}

export interface FileList {
  files: SourceFile[]
  /** What was passed over, as `NAME: reason`. */
  warnings: string[]
}

const EXTENSION = /\.(?:json|ya?ml)$/i
const MAX_FILES = 20_000
/** Of folders in folders. */
const MAX_DEPTH = 32
export const FILES_HINT =
  'Set CAPSTAN_CLUSTER_FILES to files or folders of CRD manifests or OpenAPI v3 documents.'

/**
 * YAML and JSON files below the given files and folders, in order of their paths. Links to files are followed, links to
 * folders are not, as by kubectl. AppError CLUSTER_MISCONFIGURED when there are none.
 */
export async function findFiles(places: string[]): Promise<FileList> {
  if (places.length === 0) throw misconfiguredError('No file or folder is named', FILES_HINT)
  const found: FileList = { files: [], warnings: [] }
  for (const place of places) await findIn(place, found)
  if (found.files.length === 0) {
    const why = found.warnings.length > 0 ? ` (${found.warnings[0]})` : ''
    throw misconfiguredError(`No YAML or JSON file is in ${places.join(', ')}${why}`, FILES_HINT)
  }
  if (found.files.length > MAX_FILES) {
    throw misconfiguredError(`More than ${MAX_FILES} files are in ${places.join(', ')}`, FILES_HINT)
  }
  return found
}

async function findIn(place: string, { files, warnings }: FileList): Promise<void> {
  const about = await stat(place).catch(() => undefined)
  if (!about) throw misconfiguredError(`There is no file or folder ${place}`, FILES_HINT)
  if (!about.isDirectory()) {
    if (!about.isFile())
      throw misconfiguredError(`${place} is neither a file nor a folder`, FILES_HINT)
    files.push({ path: place, name: basename(place), version: versionOf(about) })
    return
  }
  const walk: Walk = { root: place, paths: [], links: [], warnings }
  await walkFolder(walk, place, 0)
  const shown = await Promise.all([...walk.paths, ...walk.links].map((path) => asFile(walk, path)))
  const byPlace = new Map<string, SourceFile>()
  for (const file of shown) if (file) keepShortest(byPlace, file)
  files.push(...[...byPlace.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)))
}

interface Walk {
  root: string
  paths: string[]
  links: string[]
  warnings: string[]
}

async function walkFolder(walk: Walk, folder: string, depth: number): Promise<void> {
  const name = nameIn(walk, folder)
  if (depth > MAX_DEPTH) return void walk.warnings.push(`${name}: lies too deep`)
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    return void walk.warnings.push(`${name}: cannot be read: ${codeOf(error)}`)
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (walk.paths.length > MAX_FILES) return
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await walkFolder(walk, path, depth + 1)
    else if (entry.isSymbolicLink()) walk.links.push(path)
    else if (entry.isFile() && EXTENSION.test(entry.name)) walk.paths.push(path)
  }
}

/** Undefined, with a warning, for what is no file to read. */
async function asFile(
  walk: Walk,
  path: string,
): Promise<(SourceFile & { real: string }) | undefined> {
  const name = nameIn(walk, path)
  const isNamedRight = EXTENSION.test(path)
  try {
    const about = await stat(path)
    // Without links each path is a file of its own.
    const real = walk.links.length > 0 ? await realpath(path) : path
    if (about.isFile()) {
      return isNamedRight ? { path, name, version: versionOf(about), real } : undefined
    }
    // A mounted ConfigMap has a link to its own folder, whose files are found without it.
    const isInside = `${real}${sep}`.startsWith(`${await realpath(walk.root)}${sep}`)
    if (about.isDirectory() && !isInside) {
      walk.warnings.push(`${name}: is a link to a folder, which is not followed`)
    }
  } catch (error) {
    if (isNamedRight) walk.warnings.push(`${name}: cannot be read: ${codeOf(error)}`)
  }
  return undefined
}

/** A file and the links to it count once. The shorter path stays when a mounted ConfigMap changes. */
function keepShortest(byPlace: Map<string, SourceFile>, file: SourceFile & { real: string }): void {
  const { real, ...found } = file
  const known = byPlace.get(real)
  if (!known || found.path.length < known.path.length) byPlace.set(real, found)
}

function nameIn({ root }: Walk, path: string): string {
  return relative(root, path) || basename(path)
}

function versionOf({ mtimeMs, size, ino }: { mtimeMs: number; size: number; ino: number }): string {
  return `${mtimeMs}-${size}-${ino}`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
