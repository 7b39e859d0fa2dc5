import { readFileSync, statSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { KubeconfigFile, type ClusterEntry, type UserEntry } from './kubeconfig-file.ts'
import { misconfigured } from './misconfigured.ts'

/** One context with all it refers to; files in it are absolute. */
export interface KubeContext {
  name: string
  /** Undefined when the kubeconfig names a cluster that it does not hold. */
  cluster: ClusterEntry | undefined
  user: UserEntry
  /** Folders of the files that defined cluster and user. */
  folders: string[]
}

export interface Kubeconfig {
  /** The files it was merged from. */
  files: string[]
  contexts: Map<string, KubeContext>
  current: string | undefined
}

const MAX_BYTES = 8 * 2 ** 20
const FILE_MEMBERS_OF_CLUSTER = ['certificate-authority'] as const
const FILE_MEMBERS_OF_USER = [
  'client-certificate',
  'client-key',
  'token-file',
  'tokenFile',
] as const

interface Entry<T> {
  value: T
  folder: string
}

/**
 * Reads and merges kubeconfig files as kubectl does: `paths` is written like $KUBECONFIG, the first file that names
 * something wins, missing files are passed over. AppError CLUSTER_MISCONFIGURED when none exists or one is broken.
 */
export function readKubeconfig(paths: string, homeDir: string | undefined): Kubeconfig {
  const asked = paths.split(delimiter).filter((path) => path !== '')
  const files = asked.map((path) => resolve(expandHome(path, homeDir))).filter(isFile)
  if (files.length === 0) {
    throw misconfigured(
      `There is no kubeconfig at ${asked.join(' or ')}`,
      'Set KUBECONFIG to a file that exists.',
    )
  }
  const merged = files.reduce(mergeFile, {
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
    current: undefined,
  })
  const joined = [...merged.contexts].map(([name, { cluster, user }]): [string, KubeContext] => [
    name,
    joinContext(name, merged.clusters.get(cluster), merged.users.get(user ?? '')),
  ])
  return { files, contexts: new Map(joined), current: merged.current }
}

interface Merged {
  clusters: Map<string, Entry<ClusterEntry>>
  users: Map<string, Entry<UserEntry>>
  contexts: Map<string, { cluster: string; user?: string | null | undefined }>
  current: string | undefined
}

function mergeFile(merged: Merged, path: string): Merged {
  const { clusters, users, contexts } = merged
  const file = readFile(path)
  const folder = dirname(path)
  for (const { name, cluster } of file.clusters ?? []) {
    addNew(clusters, name, { value: cluster, folder })
  }
  for (const { name, user } of file.users ?? []) addNew(users, name, { value: user ?? {}, folder })
  for (const { name, context } of file.contexts ?? []) addNew(contexts, name, context)
  return {
    clusters,
    users,
    contexts,
    current: merged.current ?? (file['current-context'] || undefined),
  }
}

function readFile(path: string): KubeconfigFile {
  const hint = 'Try `kubectl --kubeconfig FILE config view` to see what is wrong with it.'
  let content: unknown
  try {
    if (statSync(path).size > MAX_BYTES) throw new Error('too large')
    // Not `silent`: that would take what could be read of a broken file for the whole.
    content = parse(readFileSync(path, 'utf8'), { prettyErrors: false, logLevel: 'error' })
  } catch {
    // The parser's message quotes the file, and the file holds secrets.
    throw misconfigured(`The kubeconfig ${path} is not readable as YAML`, hint)
  }
  const parsed = KubeconfigFile.safeParse(content ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.map(String).join('.') || 'the file'
  throw misconfigured(`The kubeconfig ${path} is not one: see ${where}`, hint)
}

function joinContext(
  name: string,
  cluster: Entry<ClusterEntry> | undefined,
  user: Entry<UserEntry> | undefined,
): KubeContext {
  return {
    name,
    cluster: cluster && withAbsolute(cluster, FILE_MEMBERS_OF_CLUSTER),
    user: user ? withAbsolute(user, FILE_MEMBERS_OF_USER) : {},
    folders: [cluster, user].flatMap((entry) => (entry ? [entry.folder] : [])),
  }
}

/** Paths in a kubeconfig are relative to the file that holds them. */
function withAbsolute<T extends object, K extends keyof T>(
  { value, folder }: Entry<T>,
  members: readonly K[],
): T {
  const paths = members.flatMap((member) => {
    const path: unknown = value[member]
    return typeof path === 'string' ? [[member, resolve(folder, path)]] : []
  })
  return { ...value, ...Object.fromEntries(paths) }
}

function addNew<T>(all: Map<string, T>, name: string, entry: T): void {
  if (!all.has(name)) all.set(name, entry)
}

function expandHome(path: string, homeDir: string | undefined): string {
  return homeDir !== undefined && path.startsWith('~/') && !isAbsolute(path)
    ? join(homeDir, path.slice(2))
    : path
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
