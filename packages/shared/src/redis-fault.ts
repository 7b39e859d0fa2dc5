/** Reasons why Redis is unusable. The first four usually block only writes. */
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

/** Description of a Redis fault for users, with its solution. */
export interface RedisFault {
  kind: RedisFaultKind
  detail: string
  hint: string
}

/** Memory use that counts towards maxmemory, and maxmemory. */
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
/** The code of an error reply. In a script, Redis 6.2 puts it after `ERR Error running script … -`; EXEC puts it after its own code. */
const CODE = new RegExp(
  String.raw`^(?:ERR Error running script[^]*?-|EXECABORT [^]*?)?(${Object.keys(KIND_BY_CODE).join('|')})\b`,
)

/** Classifies an error reply of Redis. Undefined for other errors, such as those of a script. */
export function classifyRedisReply(error: unknown): RedisFaultKind | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined
  return KIND_BY_CODE[CODE.exec(error.message)?.[1] ?? '']
}

/** True for faults that block writes. */
export function isWriteFault(kind: RedisFaultKind): boolean {
  return ['full', 'read-only', 'not-saving', 'no-replicas'].includes(kind)
}

/** Describes a fault. `memory`: memory use, for the fault `full`. */
export function describeRedisFault(kind: RedisFaultKind, memory?: RedisMemory): RedisFault {
  const [detail, hint] = WORDS[kind]
  if (kind !== 'full' || memory === undefined) return { kind, detail, hint }
  return { kind, detail: `${detail}: ${formatMemory(memory)}`, hint }
}

/** `93 % of maxmemory is used (93.0 of 100.0 MiB)` */
export function formatMemory({ usedBytes, maxBytes }: RedisMemory): string {
  const formatMebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
  const percent = Math.floor((100 * usedBytes) / maxBytes)
  return `${percent} % of maxmemory is used (${formatMebibytes(usedBytes)} of ${formatMebibytes(maxBytes)} MiB)`
}

/** Hint for insufficient memory. */
export const MEMORY_HINT =
  'Raise maxmemory (`redis-cli CONFIG SET maxmemory 2gb`, and in redis.conf) or give Redis less to keep; see INFO memory.'

const WORDS: Record<RedisFaultKind, [detail: string, hint: string]> = {
  full: ['Redis is full', `${MEMORY_HINT} Running scans then continue without intervention.`],
  'read-only': [
    'Redis is read-only: REDIS_URL leads to a replica',
    'Point REDIS_URL at the primary. During a failover, wait until it is over.',
  ],
  'not-saving': [
    'Redis refuses writes because it cannot save its data to disk',
    'Free disk space or repair the volume of Redis; the log of Redis contains the reason.',
  ],
  'no-replicas': [
    'Redis refuses writes because too few of its replicas are connected',
    'Start the replicas, or lower min-replicas-to-write.',
  ],
  loading: ['Redis is loading its data', 'Wait until Redis has started.'],
  login: [
    'Redis refuses the login or a command',
    'Check user and password in REDIS_URL and the permissions of the user (ACL).',
  ],
  'wrong-node': [
    'This node of a Redis Cluster does not serve the keys of Capstan',
    'Point REDIS_URL at the node that serves them. During a failover, wait.',
  ],
  busy: [
    'Redis is blocked by a script of another program',
    'End the script with `redis-cli SCRIPT KILL`.',
  ],
  unreachable: [
    'Redis does not answer',
    'Wait until Redis is reachable again; see /readyz?verbose.',
  ],
}
