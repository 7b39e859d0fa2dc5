/** Why Redis cannot be used. With the first four it refuses writes and, as a rule, answers reads. */
export type RedisFaultKind =
  | 'full'
  | 'read-only'
  | 'not-saving'
  | 'no-replicas'
  | 'loading'
  | 'login'
  | 'wrong-node'
  | 'busy'
  | 'unreachable'

/** A fault in words for people: what is wrong, and what ends it. */
export interface RedisFault {
  kind: RedisFaultKind
  detail: string
  hint: string
}

/** Bytes that count towards maxmemory, and maxmemory itself. */
export interface RedisMemory {
  usedBytes: number
  maxBytes: number
}

const KIND_BY_CODE: Record<string, RedisFaultKind> = {
  OOM: 'full',
  READONLY: 'read-only',
  UNBLOCKED: 'read-only',
  MISCONF: 'not-saving',
  NOREPLICAS: 'no-replicas',
  LOADING: 'loading',
  MASTERDOWN: 'read-only',
  NOAUTH: 'login',
  WRONGPASS: 'login',
  NOPERM: 'login',
  MOVED: 'wrong-node',
  CLUSTERDOWN: 'wrong-node',
  TRYAGAIN: 'wrong-node',
  BUSY: 'busy',
}
/** Redis 6.2 puts the code of a command inside a script after `ERR Error running script … -`; EXEC names it after its own. */
const CODE = new RegExp(
  String.raw`^(?:ERR Error running script[^]*?-|EXECABORT [^]*?)?(${Object.keys(KIND_BY_CODE).join('|')})\b`,
)

/** The fault that a reply of Redis reports; undefined for other errors, such as those of a script. */
export function classifyRedisReply(error: unknown): RedisFaultKind | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined
  return KIND_BY_CODE[CODE.exec(error.message)?.[1] ?? '']
}

/** Whether Redis refuses writes. */
export function isWriteFault(kind: RedisFaultKind): boolean {
  return ['full', 'read-only', 'not-saving', 'no-replicas'].includes(kind)
}

/** `memory` gives the figures of a full server. */
export function describeRedisFault(kind: RedisFaultKind, memory?: RedisMemory): RedisFault {
  const [detail, hint] = WORDS[kind]
  if (kind !== 'full' || memory === undefined) return { kind, detail, hint }
  return { kind, detail: `${detail}: ${formatMemory(memory)}`, hint }
}

/** `93 % of maxmemory is used (93.0 of 100.0 MiB)` */
export function formatMemory({ usedBytes, maxBytes }: RedisMemory): string {
  const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
  const percent = Math.floor((100 * usedBytes) / maxBytes)
  return `${percent} % of maxmemory is used (${mebibytes(usedBytes)} of ${mebibytes(maxBytes)} MiB)`
}

/** Hint for insufficient memory. */
export const MEMORY_HINT =
  'Raise maxmemory (`redis-cli CONFIG SET maxmemory 2gb`, and in redis.conf) or give Redis less to keep; see INFO memory.'

const WORDS: Record<RedisFaultKind, [detail: string, hint: string]> = {
  full: ['Redis is full', `${MEMORY_HINT} Running scans go on by themselves then.`],
  'read-only': [
    'Redis is read-only: REDIS_URL leads to a replica',
    'Point REDIS_URL at the primary. During a failover wait: this heals by itself.',
  ],
  'not-saving': [
    'Redis refuses writes because it cannot save its data to disk',
    'Free disk space or repair the volume of Redis; the log of Redis has the reason.',
  ],
  'no-replicas': [
    'Redis refuses writes because too few of its replicas are connected',
    'Start the replicas, or lower min-replicas-to-write.',
  ],
  loading: ['Redis is loading its data', 'Wait: this heals by itself once Redis has started.'],
  login: [
    'Redis refuses the login or a command',
    'Check user and password in REDIS_URL and the permissions of the user (ACL).',
  ],
  'wrong-node': [
    'This node of a Redis Cluster does not serve the keys of Capstan',
    'Point REDIS_URL at the node that does; during a failover wait.',
  ],
  busy: [
    'Redis runs a script of another program that does not end',
    'Look at Redis: `redis-cli SCRIPT KILL` ends the script.',
  ],
  unreachable: [
    'Redis does not answer',
    'Wait: this heals by itself once Redis is back; see /readyz?verbose.',
  ],
}
