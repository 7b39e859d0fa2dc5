import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { misconfiguredError } from '../kube/misconfigured-error.ts'

/** A file. Its `version` changes with its content. */
export interface SourceFile {
  path: string
  /** Path below the given folder, for warnings. */
  name: string
  version: string
}

export interface FileList {
  files: SourceFile[]
  /** Skipped files, as `NAME: reason`. */
  warnings: string[]
}

const EXTENSION = /\.(?:json|ya?ml)$/i
const MAX_FILES = 20_000
/** Maximum depth of nested folders. */
const MAX_DEPTH = 32
export const FILES_HINT =
  'Set CAPSTAN_CLUSTER_FILES to files or folders of CRD manifests or OpenAPI v3 documents.'

/**
 * Finds the YAML and JSON files in files and folders, sorted by path. Like kubectl, it follows links to files and not links
 * to folders. Throws AppError CLUSTER_MISCONFIGURED if there are none.
 */
export async function findFiles(roots: string[]): Promise<FileList> {
  if (roots.length === 0) throw misconfiguredError('No file or folder is named', FILES_HINT)
  const found: FileList = { files: [], warnings: [] }
  for (const root of roots) await findIn(root, found)
  if (found.files.length === 0) {
    const why = found.warnings.length > 0 ? ` (${found.warnings[0]})` : ''
    throw misconfiguredError(`No YAML or JSON file is in ${roots.join(', ')}${why}`, FILES_HINT)
  }
  if (found.files.length > MAX_FILES) {
    throw misconfiguredError(`More than ${MAX_FILES} files are in ${roots.join(', ')}`, FILES_HINT)
  }
  return found
}

async function findIn(root: string, { files, warnings }: FileList): Promise<void> {
  const stats = await stat(root).catch(() => undefined)
  if (!stats) throw misconfiguredError(`There is no file or folder ${root}`, FILES_HINT)
  if (!stats.isDirectory()) {
    if (!stats.isFile())
      throw misconfiguredError(`${root} is neither a file nor a folder`, FILES_HINT)
    files.push({ path: root, name: basename(root), version: toVersion(stats) })
    return
  }
  const walk: Walk = { root, paths: [], links: [], warnings }
  await walkFolder(walk, root, 0)
  const inspected = await Promise.all(
    [...walk.paths, ...walk.links].map((path) => inspectFile(walk, path)),
  )
  const byRealPath = new Map<string, SourceFile>()
  for (const file of inspected) if (file) keepShortest(byRealPath, file)
  files.push(...[...byRealPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)))
}

interface Walk {
  root: string
  paths: string[]
  links: string[]
  warnings: string[]
}

async function walkFolder(walk: Walk, folder: string, depth: number): Promise<void> {
  const name = toRelativeName(walk, folder)
  if (depth > MAX_DEPTH) return void walk.warnings.push(`${name}: lies too deep`)
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    return void walk.warnings.push(`${name}: cannot be read: ${getErrorCode(error)}`)
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (walk.paths.length > MAX_FILES) return
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await walkFolder(walk, path, depth + 1)
    else if (entry.isSymbolicLink()) walk.links.push(path)
    else if (entry.isFile() && EXTENSION.test(entry.name)) walk.paths.push(path)
  }
}

/** Undefined for everything except readable files, with a warning if the path looks like one. */
async function inspectFile(
  walk: Walk,
  path: string,
): Promise<(SourceFile & { real: string }) | undefined> {
  const name = toRelativeName(walk, path)
  const hasExtension = EXTENSION.test(path)
  try {
    const stats = await stat(path)
    // Without links, paths are unique files.
    const real = walk.links.length > 0 ? await realpath(path) : path
    if (stats.isFile()) {
      return hasExtension ? { path, name, version: toVersion(stats), real } : undefined
    }
    // A mounted ConfigMap has a link to a folder inside it, whose files are found anyway.
    const isInside = `${real}${sep}`.startsWith(`${await realpath(walk.root)}${sep}`)
    if (stats.isDirectory() && !isInside) {
      walk.warnings.push(`${name}: is a link to a folder, which is not followed`)
    }
  } catch (error) {
    if (hasExtension) walk.warnings.push(`${name}: cannot be read: ${getErrorCode(error)}`)
  }
  return undefined
}

/** A file and its links count once. The shortest path is kept: it is stable when a mounted ConfigMap changes. */
function keepShortest(
  byRealPath: Map<string, SourceFile>,
  file: SourceFile & { real: string },
): void {
  const { real, ...found } = file
  const known = byRealPath.get(real)
  if (!known || found.path.length < known.path.length) byRealPath.set(real, found)
}

function toRelativeName({ root }: Walk, path: string): string {
  return relative(root, path) || basename(path)
}

function toVersion({ mtimeMs, size, ino }: { mtimeMs: number; size: number; ino: number }): string {
  return `${mtimeMs}-${size}-${ino}`
}

function getErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
