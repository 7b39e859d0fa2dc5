/**
 * Names of all keys of Capstan. The braces put them into one hash slot, so that a Lua script may use several of them on a Redis
 * Cluster. A least-privilege ACL allows this prefix.
 */
export function createRedisKeys(prefix = '{capstan}') {
  return {
    prefix,
    /** Prefix of BullMQ's keys. */
    bullPrefix: `${prefix}:bull`,
    /** String: written by each health check and never read; expires. */
    writeProbe: `${prefix}:write-probe`,
    ...scanKeys(prefix),
    /** Stream that ends a blocking read of events early, one per API process. */
    streamWake: (process: string) => `${prefix}:events:wake:${process}`,
    ...routeKeys(prefix),
    /** String: StoredResult (JSON) by content key. */
    result: (contentKey: string) => `${prefix}:result:${contentKey}`,
    /** Hash: the attempt that pays for a content key, with its worker and scan. */
    resultLease: (contentKey: string) => `${prefix}:result-lease:${contentKey}`,
    /** String: UnfinishedAnswer (JSON) by content key; expires. */
    unfinishedAnswer: (contentKey: string) => `${prefix}:unfinished-answer:${contentKey}`,
    /** String: Definition (JSON) by ref; expires. */
    definition: (ref: string) => `${prefix}:definition:${ref}`,
    /** Hash source -> ref and definition without outline (JSON): the reduced definition of a CRD or OpenAPI document. */
    knownDefinitions: (cluster: string) => `${prefix}:cluster:${cluster}:definitions`,
    /** String: the API process that watches a cluster; expires. */
    watchLease: (cluster: string) => `${prefix}:cluster:${cluster}:watch-lease`,
    /** Hash type -> last processed version of its definition. Never expires: a restarted watcher compares with it. */
    watchState: (cluster: string) => `${prefix}:cluster:${cluster}:watched`,
    /** Hash name -> schedule (JSON). */
    schedules: `${prefix}:schedules`,
    /** Hash name -> its last run (JSON). */
    scheduleRuns: `${prefix}:schedules:runs`,
    /** Hash id -> StoredWebhook (JSON). */
    webhooks: `${prefix}:webhooks`,
    /** Sorted set of the newest deliveries of one webhook, by their creation in ms. */
    webhookDeliveries: (id: string) => `${prefix}:webhooks:${id}:deliveries`,
    /** String: WorkerStatus (JSON) of one worker; expires. */
    worker: (id: string) => `${prefix}:worker:${id}`,
    /** Hash provider -> RecentProvider (JSON): model and time of the last heartbeat of a worker that served it. */
    recentProviders: `${prefix}:providers:seen`,
    /** Sorted set of worker ids by last heartbeat, in ms, Redis time. */
    workers: `${prefix}:workers`,
    /** String: start of the current run of heartbeats without a gap, in ms, Redis time; expires with a gap. */
    workersSteady: `${prefix}:workers:steady`,
    /** Hash resource -> Capability (JSON) of one cluster. */
    capabilities: (cluster: string) => `${prefix}:capabilities:${cluster}`,
    /** Hash resource -> CapabilityOverride (JSON) of one cluster. */
    overrides: (cluster: string) => `${prefix}:overrides:${cluster}`,
    /** Set of clusters that have capabilities. */
    capabilityClusters: `${prefix}:capabilities`,
    ...changeKeys(prefix),
    /** String (JSON): fingerprint, scan id and stored answer of an Idempotency-Key. */
    idempotency: (hash: string) => `${prefix}:idempotency:${hash}`,
    /** Pub/sub channel of signals to workers. */
    signals: `${prefix}:signals`,
    /** Stream of provider events: breaker changes and waits that affect every scan of a provider. */
    providerEvents: `${prefix}:provider-events`,
    /** String: set while a wait is published already; expires with the wait. */
    providerWait: (account: string, model: string, scope: string) =>
      `${prefix}:provider-wait:${encodeURIComponent(account)}:${encodeURIComponent(model)}:${scope}`,
    /** String (JSON): acceptor and reply of a provider check; expires. */
    providerCheck: (id: string) => `${prefix}:provider-check:${id}`,
    rateLimit: `${prefix}:rate-limit:`,
    /** Hash: amounts that agents of one caller have reserved today; expires. */
    agentBudget: (principalId: string) =>
      `${prefix}:agent-budget:${encodeURIComponent(principalId)}`,
    ...limitKeys(prefix),
    ...batchKeys(prefix),
    ...loginKeys(prefix),
    /** String (JSON): a scan session of dot-ai clients. */
    compatSession: (id: string) => `${prefix}:compat:session:${id}`,
    /** Sorted set of those session ids by their last change, in milliseconds. */
    compatSessions: `${prefix}:compat:sessions`,
  }
}
export type RedisKeys = ReturnType<typeof createRedisKeys>

/** Keys of scans. */
function scanKeys(prefix: string) {
  const scan = (id: string, part: string) => `${prefix}:scan:${id}:${part}`
  return {
    /** Hash: fields of the scan. */
    scan: (id: string) => `${prefix}:scan:${id}`,
    /** Hash resource -> StoredPlanEntry (JSON). */
    scanItems: (id: string) => scan(id, 'items'),
    /** Hash resource -> StoredItemState (JSON). */
    scanStates: (id: string) => scan(id, 'states'),
    /** Sorted set of resources in one status, scored by the sequence number of the event that moved them there. */
    scanStatus: (id: string, status: string) => scan(id, `status:${status}`),
    /** Hash resource -> attempts, one JSON object per line. */
    scanAttempts: (id: string) => scan(id, 'attempts'),
    /** String: excluded types (JSON array). */
    scanExcluded: (id: string) => scan(id, 'excluded'),
    /** Stream of events, ids `<seq>-0`. */
    scanEvents: (id: string) => scan(id, 'events'),
    /** Hash resource -> epoch of its last retry within the retry budget. */
    scanRetries: (id: string) => scan(id, 'retries'),
    /** Sorted set of all scan ids. All scores are 0, because the ids sort by time. */
    scans: `${prefix}:scans`,
    /** Hash id -> ActiveScan (JSON): every unfinished scan. */
    activeScans: `${prefix}:scans:active`,
    /** Hash provider and model -> answers by calls, micro-USD and ms (text) of a scan. */
    modelMeans: `${prefix}:model-means`,
    /** Stream of changes of all scans: `scan`, `kind`. Bounded; it never expires, because readers store its ids. */
    scanChanges: `${prefix}:scans:changes`,
    /** Stream of ends of scans: `scan`, `seq`, `status`. An entry is removed when its deliveries to webhooks are in the queue. */
    scanEnds: `${prefix}:scans:ends`,
  }
}

/** Keys of routes; each route has one queue. */
function routeKeys(prefix: string) {
  return {
    /** String: layout version of all keys. */
    layout: `${prefix}:layout`,
    /** Hash queue name -> route (JSON): the live routes. */
    routes: `${prefix}:routes`,
    /** Hash queue name -> ClosedRoute (JSON): closed routes whose queues still have keys. */
    closedRoutes: `${prefix}:routes:closed`,
    /** String: the API process that sweeps finished jobs; expires. */
    jobSweeps: `${prefix}:routes:job-sweeps`,
    /** String: exists while an operator has paused the queues of all routes, including new ones. */
    queuesPaused: `${prefix}:routes:paused`,
    /** String: virtual time of the fair queue of one route. */
    virtualTime: (queue: string) => `${prefix}:route:${queue}:virtual-time`,
    /** String: RoutePause (JSON); expires with the pause. */
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

/** Keys of sessions of browsers, and of the audit log. */
function loginKeys(prefix: string) {
  return {
    /** String: StoredSession (JSON) by the SHA-256 of the session id; expires. */
    session: (hash: string) => `${prefix}:session:${hash}`,
    /** Sorted set of the session hashes of one caller, by their absolute end in ms; expires. */
    sessionsOf: (principalId: string) => `${prefix}:sessions:${encodeURIComponent(principalId)}`,
    /** Sorted set of callers with sessions, by the end of their last session in ms. */
    sessionPrincipals: `${prefix}:sessions`,
    /** Pub/sub channel of ended sessions. */
    sessionEnds: `${prefix}:session-ends`,
    /** String: failed logins from one address within a minute; expires. */
    failedLogins: (address: string) => `${prefix}:failed-logins:${encodeURIComponent(address)}`,
    /** Stream of audit entries. */
    audit: `${prefix}:audit`,
    /** Stream of audit entries of failed logins, so that they cannot displace others. */
    auditFailedLogins: `${prefix}:audit:failed-logins`,
  }
}

function batchKeys(prefix: string) {
  const scan = (id: string, part: string) => `${prefix}:scan:${id}:batch-${part}`
  return {
    /** Set of scans with waiting questions, open batches or unrecorded batch answers. */
    batchScans: `${prefix}:batches`,
    /** Hash resource -> StoredQuestion (JSON): waiting or in a batch. */
    batchQuestions: (id: string) => scan(id, 'places'),
    /** Hash name -> OpenBatch (JSON). */
    batches: (id: string) => scan(id, 'open'),
    /** Hash resource -> StoredBatchAnswer (JSON). */
    batchAnswers: (id: string) => scan(id, 'answers'),
    /** String: the item that asks a question by batch; expires. */
    batchQuestion: (contentKey: string) => `${prefix}:batch-question:${contentKey}`,
    /** String: the process that holds the lock of the batches of a scan; expires. */
    batchLock: (id: string) => scan(id, 'lock'),
  }
}

/** Keys of changes of the catalog and of its copy in a vector store. */
function changeKeys(prefix: string) {
  return {
    /** Counter: incremented by every change of the catalog. */
    catalogGeneration: `${prefix}:catalog:generation`,
    /** Sorted set `cluster|resource` -> generation of its last change. */
    catalogChanges: `${prefix}:catalog:changes`,
    /** String: generation up to which a collection of the vector store contains all changes. */
    catalogCopied: (collection: string) => `${prefix}:catalog:copied:${collection}`,
    /** String: the process that copies the catalog to the vector store; expires. */
    catalogCopier: `${prefix}:catalog:copier`,
    /** String: embedding model and vector length of the default catalog. */
    catalogSpace: `${prefix}:catalog:space`,
    /** Bytes: vector by hash of model, dimensions and text; expires. */
    embedding: (hash: string) => `${prefix}:embedding:${hash}`,
  }
}
