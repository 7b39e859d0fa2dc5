import { delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { parse } from 'yaml'
import {
  KubeconfigFile,
  type ClusterEntry,
  type ExecEntry,
  type UserEntry,
} from './kubeconfig-file.ts'
import { misconfiguredError } from './misconfigured-error.ts'
import { readKubeconfigText } from './read-kubeconfig-text.ts'

/** One context with all it refers to; files in it are absolute. */
export interface KubeContext {
  name: string
  /** Name of its cluster in the kubeconfig; empty when it names none. */
  clusterName: string
  /** Undefined when the kubeconfig does not hold that cluster. */
  cluster: ClusterEntry | undefined
  /** Empty when it names none: its requests are anonymous. */
  userName: string
  /** Undefined when the kubeconfig does not hold that user. */
  user: UserEntry | undefined
  /** Folders of the files that defined cluster and user. */
  folders: string[]
}

export interface Kubeconfig {
  /** The files it was merged from. */
  files: string[]
  /** Files that $KUBECONFIG names and that do not exist. */
  missing: string[]
  contexts: Map<string, KubeContext>
  current: string | undefined
}

const HINT = 'Try `kubectl --kubeconfig FILE config view` to see what is wrong with it.'
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
  const merged: Merged = {
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
    current: undefined,
  }
  const files: string[] = []
  const missing: string[] = []
  for (const path of new Set(asked.map((one) => resolve(expandHome(one, homeDir))))) {
    const text = readKubeconfigText(path)
    if (text === undefined) missing.push(path)
    else {
      files.push(path)
      mergeFile(merged, path, parseFile(path, text))
    }
  }
  if (files.length === 0) throw noFile(missing)
  const contexts = [...merged.contexts].map(([name, context]): [string, KubeContext] => [
    name,
    joinContext(name, context, merged),
  ])
  return { files, missing, contexts: new Map(contexts), current: merged.current }
}

interface Merged {
  clusters: Map<string, Entry<ClusterEntry>>
  users: Map<string, Entry<UserEntry>>
  contexts: Map<string, ContextEntry>
  current: string | undefined
}

interface ContextEntry {
  cluster?: string | null | undefined
  user?: string | null | undefined
}

function mergeFile(merged: Merged, path: string, file: KubeconfigFile): void {
  const folder = dirname(path)
  addNew(merged.clusters, path, { list: file.clusters, kind: 'cluster' }, (entry) => ({
    value: entry.cluster ?? {},
    folder,
  }))
  addNew(merged.users, path, { list: file.users, kind: 'user' }, (entry) => ({
    value: entry.user ?? {},
    folder,
  }))
  addNew(merged.contexts, path, { list: file.contexts, kind: 'context' }, (entry) => ({
    ...entry.context,
  }))
  merged.current ??= file['current-context'] || undefined
}

/** A name of an earlier file wins, and one that a file has twice is refused: kubectl does both. */
function addNew<T, E extends { name: string }>(
  all: Map<string, T>,
  path: string,
  { list, kind }: { list: E[] | null | undefined; kind: string },
  read: (entry: E) => T,
): void {
  const own = new Set<string>()
  for (const entry of list ?? []) {
    const { name } = entry
    if (own.has(name)) {
      throw misconfiguredError(
        `The kubeconfig ${path} has two entries of the ${kind} "${name}"`,
        HINT,
      )
    }
    own.add(name)
    if (!all.has(name)) all.set(name, read(entry))
  }
}

function parseFile(path: string, text: string): KubeconfigFile {
  let content: unknown
  try {
    // Not `silent`: that would take what could be read of a broken file for the whole.
    content = parse(text, { prettyErrors: false, logLevel: 'error', merge: true })
  } catch {
    // The parser's message quotes the file, and the file holds secrets.
    throw misconfiguredError(`The kubeconfig ${path} is not readable as YAML`, HINT)
  }
  const parsed = KubeconfigFile.safeParse(content ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.map(String).join('.') || 'the file'
  throw misconfiguredError(`The kubeconfig ${path} is not one: see ${where}`, HINT)
}

function joinContext(name: string, context: ContextEntry, merged: Merged): KubeContext {
  const clusterName = context.cluster ?? ''
  const userName = context.user ?? ''
  const cluster = merged.clusters.get(clusterName)
  const user = merged.users.get(userName)
  return {
    name,
    clusterName,
    cluster: cluster && withAbsolute(cluster, FILE_MEMBERS_OF_CLUSTER),
    userName,
    user: user && withAbsoluteCommand(withAbsolute(user, FILE_MEMBERS_OF_USER), user.folder),
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

/** So is a command, unless it is a bare name, which is looked up in PATH. */
function withAbsoluteCommand(user: UserEntry, folder: string): UserEntry {
  const { command } = user.exec ?? {}
  if (!command?.includes(sep)) return user
  const exec: ExecEntry = { ...user.exec, command: resolve(folder, command) }
  return { ...user, exec }
}

function noFile(missing: string[]) {
  const where = missing.length > 0 ? `at ${missing.join(' or ')}` : 'named by KUBECONFIG'
  return misconfiguredError(
    `There is no kubeconfig ${where}`,
    'Set KUBECONFIG to a file that exists.',
  )
}

function expandHome(path: string, homeDir: string | undefined): string {
  return homeDir !== undefined && path.startsWith('~/') && !isAbsolute(path)
    ? join(homeDir, path.slice(2))
    : path
}
