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

/** A context with its cluster and user. File paths are absolute. */
export interface KubeContext {
  name: string
  /** Name of its cluster; empty if it names none. */
  clusterName: string
  /** Undefined if the kubeconfig has no such cluster. */
  cluster: ClusterEntry | undefined
  /** Name of its user; empty if it names none, for anonymous requests. */
  userName: string
  /** Undefined if the kubeconfig has no such user. */
  user: UserEntry | undefined
  /** Folders of the files that define the cluster and the user. */
  folders: string[]
}

export interface Kubeconfig {
  /** The merged files. */
  files: string[]
  /** Files in $KUBECONFIG that do not exist. */
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
 * Reads and merges kubeconfig files like kubectl. `paths` has the form of $KUBECONFIG. The first file that defines an entry
 * wins; missing files are skipped. Throws AppError CLUSTER_MISCONFIGURED if none exists or one is invalid.
 */
export function readKubeconfig(paths: string, homeDir: string | undefined): Kubeconfig {
  const parts = paths.split(delimiter).filter((path) => path !== '')
  const merged: Merged = {
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
    current: undefined,
  }
  const files: string[] = []
  const missing: string[] = []
  for (const path of new Set(parts.map((one) => resolve(expandHome(one, homeDir))))) {
    const text = readKubeconfigText(path)
    if (text === undefined) missing.push(path)
    else {
      files.push(path)
      mergeFile(merged, path, parseFile(path, text))
    }
  }
  if (files.length === 0) throw missingFileError(missing)
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

/** Like kubectl: an entry of an earlier file wins, and duplicate names in one file are an error. */
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
    // Not `silent`: it returns the readable part of a broken file.
    content = parse(text, { prettyErrors: false, logLevel: 'error', merge: true })
  } catch {
    // The message of the parser quotes the file, which contains secrets.
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

/** Paths are relative to the kubeconfig file that contains them. */
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

/** A command is relative to its kubeconfig file, unless it is a name without a slash, which is looked up in PATH. */
function withAbsoluteCommand(user: UserEntry, folder: string): UserEntry {
  const { command } = user.exec ?? {}
  if (!command?.includes(sep)) return user
  const exec: ExecEntry = { ...user.exec, command: resolve(folder, command) }
  return { ...user, exec }
}

function missingFileError(missing: string[]) {
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
