/**
 * Every key Capstan uses, one function each. The braces make all of them one hash slot, so that a Lua
 * script may touch several of them on Redis Cluster, and the prefix is what the least-privilege ACL allows.
 */
export function createRedisKeys(prefix = '{capstan}') {
  const scan = (id: string, part: string) => `${prefix}:scan:${id}:${part}`
  return {
    prefix,
    /** Prefix handed to BullMQ. */
    bullPrefix: `${prefix}:bull`,
    /** String: written by each look at the health of Redis, read by none; expires. */
    writeProbe: `${prefix}:write-probe`,
    /** Hash: the scan's own fields. */
    scan: (id: string) => `${prefix}:scan:${id}`,
    /** Hash resource -> facts fixed by the plan (JSON). */
    scanItems: (id: string) => scan(id, 'items'),
    /** Hash resource -> mutable state (JSON). */
    scanStates: (id: string) => scan(id, 'states'),
    /** Sorted set of resources in one state, scored by the event number that brought them there. */
    scanStatus: (id: string, status: string) => scan(id, `status:${status}`),
    /** Hash resource -> attempts, one JSON object a line. */
    scanAttempts: (id: string) => scan(id, 'attempts'),
    /** JSON array of what the filters left out. */
    scanExcluded: (id: string) => scan(id, 'excluded'),
    /** Stream of events, ids `<seq>-0`. */
    scanEvents: (id: string) => scan(id, 'events'),
    /** Stream that ends a blocking read of events early, one per API process. */
    streamWake: (process: string) => `${prefix}:events:wake:${process}`,
    /** Sorted set of all scan ids; one score for all, because the ids sort by time themselves. */
    scans: `${prefix}:scans`,
    /** Hash id -> ActiveScan (JSON): every scan that has not ended, with what a start is compared with. */
    activeScans: `${prefix}:scans:active`,
    ...routeKeys(prefix),
    /** String: answer stored under its content key. */
    result: (contentKey: string) => `${prefix}:result:${contentKey}`,
    /** Hash: the start of a job that is paying for a content key, with its worker and scan. */
    resultLease: (contentKey: string) => `${prefix}:result-lease:${contentKey}`,
    /** String (JSON): what was paid for a content key without a valid answer yet; expires. */
    unfinishedAnswer: (contentKey: string) => `${prefix}:unfinished-answer:${contentKey}`,
    /** String: a Definition under its outline hash. */
    definition: (ref: string) => `${prefix}:definition:${ref}`,
    /** Hash source key -> outline hash and definition hash: what a known CRD generation or OpenAPI document reduced to. */
    knownDefinitions: (cluster: string) => `${prefix}:cluster:${cluster}:definitions`,
    /** String: which API process watches a cluster, expires. */
    watchLease: (cluster: string) => `${prefix}:cluster:${cluster}:watch-lease`,
    /** Hash type -> the version of its definition that the watcher has dealt with. Kept: it is what a restart compares with. */
    watchState: (cluster: string) => `${prefix}:cluster:${cluster}:watched`,
    /** Hash name -> schedule (JSON). Kept until it is deleted. */
    schedules: `${prefix}:schedules`,
    /** Hash name -> its last run (JSON). */
    scheduleRuns: `${prefix}:schedules:runs`,
    /** String per worker: WorkerStatus, expires. */
    worker: (id: string) => `${prefix}:worker:${id}`,
    /** Hash provider -> model and time of the last heartbeat of a worker that served it (JSON). */
    recentProviders: `${prefix}:providers:seen`,
    /** Sorted set of worker ids by last heartbeat, in ms, Redis time. */
    workers: `${prefix}:workers`,
    /** String: since when heartbeats of workers come without a gap, in ms, Redis time; expires with a gap. */
    workersSteady: `${prefix}:workers:steady`,
    /** Hash resource -> Capability (JSON) of one cluster. */
    capabilities: (cluster: string) => `${prefix}:capabilities:${cluster}`,
    /** Hash resource -> CapabilityOverride (JSON): what people say of the types of one cluster. */
    overrides: (cluster: string) => `${prefix}:overrides:${cluster}`,
    /** Set of clusters that have capabilities. */
    capabilityClusters: `${prefix}:capabilities`,
    ...changeKeys(prefix),
    /** String (JSON): fingerprint, scan id and stored answer of an Idempotency-Key. */
    idempotency: (hash: string) => `${prefix}:idempotency:${hash}`,
    /** Pub/sub channel that carries cancel and pause signals to workers. */
    signals: `${prefix}:signals`,
    /** Stream of provider events: breaker changes and waits that affect every scan of a provider. */
    providerEvents: `${prefix}:provider-events`,
    /** String: set while a wait is published already; expires with the wait. */
    providerWait: (account: string, model: string, scope: string) =>
      `${prefix}:provider-wait:${encodeURIComponent(account)}:${encodeURIComponent(model)}:${scope}`,
    /** String (JSON): who makes a check of a provider, and what came of it; expires. */
    providerCheck: (id: string) => `${prefix}:provider-check:${id}`,
    rateLimit: `${prefix}:rate-limit:`,
    ...limitKeys(prefix),
    ...batchKeys(prefix),
    /** Hash resource -> epoch of its last retry within the retry budget. */
    scanRetries: (id: string) => scan(id, 'retries'),
    /** String (JSON): a scan session as clients of dot-ai know it. */
    compatSession: (id: string) => `${prefix}:compat:session:${id}`,
    /** Sorted set of those session ids by their last change, in milliseconds. */
    compatSessions: `${prefix}:compat:sessions`,
  }
}
export type RedisKeys = ReturnType<typeof createRedisKeys>

/** One queue a route: which routes there are, and what each of them needs beside its queue. */
function routeKeys(prefix: string) {
  return {
    /** String: version of the layout of all keys. */
    layout: `${prefix}:layout`,
    /** Hash queue name -> route (JSON): the routes that jobs may be added to. */
    routes: `${prefix}:routes`,
    /** Hash queue name -> route with the time of its close (JSON): closed routes whose queues still hold finished jobs or keys. */
    closedRoutes: `${prefix}:routes:closed`,
    /** String: which API process sweeps the finished jobs of all routes, expires. */
    jobSweeps: `${prefix}:routes:job-sweeps`,
    /** String: set while an operator has paused the queues of all routes, also of those that open later. */
    queuesPaused: `${prefix}:routes:paused`,
    /** String: virtual time of the fair queue of one route. */
    virtualTime: (queue: string) => `${prefix}:route:${queue}:virtual-time`,
    /** String (JSON): why the queue of a route is paused and until when; expires with the pause. */
    routePause: (queue: string) => `${prefix}:route:${queue}:pause`,
    /** String: last processed stream id of BullMQ's events of one route. */
    queueEventsCursor: (queue: string) => `${prefix}:route:${queue}:events-cursor`,
  }
}

function limitKeys(prefix: string) {
  return {
    /** State, leases, reservations or wait queue of one limit key. */
    limits: (account: string, model: string, part: string) =>
      `${prefix}:limits:${encodeURIComponent(account)}:${encodeURIComponent(model)}:${part}`,
    /** Hash: circuit breaker of one limit key. */
    breaker: (account: string, model: string) =>
      `${prefix}:breaker:${encodeURIComponent(account)}:${encodeURIComponent(model)}`,
    /** Hash: estimates from the usage of earlier calls of one limit key. */
    estimates: (account: string, model: string) =>
      `${prefix}:estimates:${encodeURIComponent(account)}:${encodeURIComponent(model)}`,
    /** Hash: whether calls of a model of an account succeed, and how they fail; expires. */
    endpointHealth: (account: string, model: string) =>
      `${prefix}:endpoint-health:${encodeURIComponent(account)}:${encodeURIComponent(model)}`,
    /** String: set while a trial call checks whether a misconfigured endpoint answers again; expires. */
    endpointTrial: (account: string, model: string) =>
      `${prefix}:endpoint-trial:${encodeURIComponent(account)}:${encodeURIComponent(model)}`,
    /** String: when an operator last retried a route, in ms, Redis time; expires. */
    routeRetried: (provider: string, model: string) =>
      `${prefix}:route-retried:${encodeURIComponent(provider)}:${encodeURIComponent(model)}`,
    /** Hash account and model (JSON) -> dialect of the endpoint (JSON). */
    dialects: `${prefix}:dialects`,
    /** String: the call that negotiates the dialect of a model of an account, expires. */
    dialectLease: (account: string, model: string) =>
      `${prefix}:dialect-lease:${encodeURIComponent(account)}:${encodeURIComponent(model)}`,
    /** Sorted set of the limit keys that a pause or a breaker blocks (JSON), by the end of the block in ms, Redis time. */
    blockedLimitKeys: `${prefix}:blocked-limit-keys`,
    /** Hash: credit for hedged requests. */
    hedges: `${prefix}:hedges`,
    /** Hash: spend of all scans today. */
    dailySpend: `${prefix}:daily-budget:spend`,
    /** Hash call -> its reservation of the daily budget. */
    dailyReservations: `${prefix}:daily-budget:reservations`,
    /** Sorted set of those calls by the expiry of their reservation, in ms, Redis time. */
    dailyReservationExpiries: `${prefix}:daily-budget:expiries`,
  }
}

function batchKeys(prefix: string) {
  const scan = (id: string, part: string) => `${prefix}:scan:${id}:batch-${part}`
  return {
    /** Set of scans that have questions in batches, or on their way there or back. */
    batchScans: `${prefix}:batches`,
    /** Hash resource -> where its question is: waiting, or in which batch (JSON). */
    batchQuestions: (id: string) => scan(id, 'places'),
    /** Hash name -> one batch that was handed to a provider (JSON). */
    batches: (id: string) => scan(id, 'open'),
    /** Hash resource -> what the provider made of its question (JSON). */
    batchAnswers: (id: string) => scan(id, 'answers'),
    /** String: which type of which scan asks a question by batch, expires. */
    batchQuestion: (contentKey: string) => `${prefix}:batch-question:${contentKey}`,
    /** String: the process that looks after the batches of a scan now. */
    batchLock: (id: string) => scan(id, 'lock'),
  }
}

/** Of what has changed in the catalog, and of its copy in a vector store. */
function changeKeys(prefix: string) {
  return {
    /** Counter raised by every change of the catalog. */
    catalogGeneration: `${prefix}:catalog:generation`,
    /** Sorted set `cluster|resource` -> generation of its last change. */
    catalogChanges: `${prefix}:catalog:changes`,
    /** String: generation of the catalog up to which a collection of the vector store holds everything. */
    catalogCopied: (collection: string) => `${prefix}:catalog:copied:${collection}`,
    /** String: which process copies the catalog to the vector store right now, expires. */
    catalogCopier: `${prefix}:catalog:copier`,
    /** String: the embedding model and length of the vectors that the default catalog is searched by. */
    catalogSpace: `${prefix}:catalog:space`,
    /** Bytes: vector of a text under a hash of model, dimensions and text; expires. */
    embedding: (hash: string) => `${prefix}:embedding:${hash}`,
  }
}
