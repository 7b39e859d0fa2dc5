import type { ProblemCode } from './problem.ts'

/** What a problem code means, for people and programs. docs/errors.md and GET /problems are made from it. */
export interface ProblemEntry {
  /** HTTP status; a request that is well-formed but makes no sense here may be answered 422 in place of 400. */
  status: number
  title: string
  meaning: string
  /** What to do about it. */
  fix: string
}

const SEE_ERRORS = 'Read `errors`: each entry points at one fault. /docs describes each request.'

/** Every code that the service answers with, by status. */
export const PROBLEM_CATALOGUE: Record<ProblemCode, ProblemEntry> = {
  VALIDATION: {
    status: 400,
    title: 'Validation',
    meaning: 'A part of the request (body, query parameter, header or path) is not valid.',
    fix: `${SEE_ERRORS} The status is 422 when the request is well-formed but makes no sense, such as an empty search; 408 and 431 when it arrives too slowly or has too many headers.`,
  },
  UNAUTHORIZED: {
    status: 401,
    title: 'Unauthorized',
    meaning: 'The request has no token, or one that the server does not know.',
    fix: 'Send `Authorization: Bearer <token>` with a token from CAPSTAN_TOKEN of the server.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Forbidden',
    meaning: 'The token lacks a scope, or the request comes from a page of another site.',
    fix: 'Use a token with the scope in `requiredScope`.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'Not found',
    meaning: 'The path, scan, type, schedule or provider does not exist.',
    fix: 'The hint names the request that lists what exists.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The path exists, but not with this method.',
    fix: 'Use a method that the `Allow` header lists.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'Not acceptable',
    meaning: 'The answer does not exist in a media type that `Accept` names.',
    fix: 'The hint lists the media types.',
  },
  SCAN_CONFLICT: {
    status: 409,
    title: 'Scan conflict',
    meaning: 'A scan of the cluster is running and the request has `onConflict: "reject"`.',
    fix: 'Use `onConflict: "join"`, wait for the end of the scan, or cancel it. `scan` links to it.',
  },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    title: 'Idempotency in progress',
    meaning: 'A request with the same Idempotency-Key is not answered yet.',
    fix: 'Send the request again after `Retry-After`; it gets the answer of the first one.',
  },
  WRONG_STATE: {
    status: 409,
    title: 'Wrong state',
    meaning: 'The scan is in a state in which the action is not possible.',
    fix: 'Read the scan: `status` says what it does now. The hint names the action that fits.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'Payload too large',
    meaning: 'The body is larger than the route takes: 256 KiB, imports CAPSTAN_IMPORT_BYTES.',
    fix: 'Send less at a time. Patterns such as `*.example.com` replace long lists of types.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    meaning: 'The `Content-Type` of the body is not one that the route reads.',
    fix: 'Send JSON with `Content-Type: application/json`; imports also take NDJSON.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    title: 'Idempotency mismatch',
    meaning: 'The Idempotency-Key was used with another body.',
    fix: 'Use a new key for a new request.',
  },
  UNKNOWN_CLUSTER: {
    status: 422,
    title: 'Unknown cluster',
    meaning:
      'The server has no cluster of this name. Reading what was found needs a cluster that is configured, or that has rows or scans.',
    fix: 'Use a name from the hint, or leave `cluster` out. Clusters are the contexts of the kubeconfig.',
  },
  UNKNOWN_RESOURCES: {
    status: 422,
    title: 'Unknown resources',
    meaning: 'The names and patterns of the request match no type of the cluster.',
    fix: 'Use a near name from `errors`, or find types with GET /api/v1/resources?q=PART.',
  },
  PROVIDER_NOT_CONFIGURED: {
    status: 422,
    title: 'Provider not configured',
    meaning: 'No worker has credentials for the provider, or no model of it is chosen.',
    fix: 'Give a worker the key of the provider, or name another provider or model.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Rate limited',
    meaning: 'The token has sent more POST requests in a minute than one token may.',
    fix: 'Wait as long as `Retry-After` says.',
  },
  INTERNAL: {
    status: 500,
    title: 'Internal',
    meaning: 'A fault of Capstan. The answer hides its details; the log of the API has them.',
    fix: 'Send the request again. If the fault stays, look up `instance` in the log and report it.',
  },
  PROVIDER_UNAVAILABLE: {
    status: 502,
    title: 'Provider unavailable',
    meaning: 'A call of the model provider failed; `reason` and `kind` classify the failure.',
    fix: 'The hint names the setting to check. docs/errors.md lists the kinds.',
  },
  PROVIDER_AUTH: {
    status: 502,
    title: 'Provider auth',
    meaning: 'The model provider, or a proxy before it, refused the key.',
    fix: 'Check the key of the provider in the settings of the workers.',
  },
  PROVIDER_QUOTA: {
    status: 502,
    title: 'Provider quota',
    meaning: 'The account at the model provider has no credit or quota left.',
    fix: 'Raise the limit at the provider, or use another account.',
  },
  PROVIDER_MODEL_UNKNOWN: {
    status: 502,
    title: 'Provider model unknown',
    meaning: 'The endpoint of the provider does not have the model.',
    fix: 'Name a model that the endpoint lists.',
  },
  CLUSTER_UNREACHABLE: {
    status: 502,
    title: 'Cluster unreachable',
    meaning: 'The API server of the cluster does not answer.',
    fix: 'Check that the address in the kubeconfig can be reached from where the API runs.',
  },
  CLUSTER_FORBIDDEN: {
    status: 502,
    title: 'Cluster forbidden',
    meaning: 'The cluster refused the credentials of Capstan, or they lack a permission.',
    fix: 'The hint names the missing permission; docs/kubernetes-access.md has the whole role.',
  },
  CLUSTER_MISCONFIGURED: {
    status: 502,
    title: 'Cluster misconfigured',
    meaning: 'No cluster is configured, or its kubeconfig cannot be used as it is.',
    fix: 'The hint names the setting. Nothing changes until the API has other settings.',
  },
  TOO_MANY_STREAMS: {
    status: 503,
    title: 'Too many streams',
    meaning: 'The token, or the process, has as many open event streams as it may have.',
    fix: 'Close unused streams, or try again after `Retry-After`.',
  },
  OVERLOADED: {
    status: 503,
    title: 'Overloaded',
    meaning: 'A bound of the server is reached, such as scans of too many models at a time.',
    fix: 'Try again after `Retry-After`; the hint names the setting of the bound.',
  },
  REDIS_UNAVAILABLE: {
    status: 503,
    title: 'Redis unavailable',
    meaning: 'Redis does not answer, or does not accept writes.',
    fix: 'Try again after `Retry-After`; /readyz?verbose and `capstan doctor` show the cause.',
  },
  DRAINING: {
    status: 503,
    title: 'Draining',
    meaning: 'The process is shutting down and takes no new work.',
    fix: 'Send the request again: another replica, or the next start, takes it.',
  },
}

/** The code in the form used in links: `SCAN_CONFLICT` is `scan-conflict`. */
export function problemSlug(code: string): string {
  return code.toLowerCase().replaceAll('_', '-')
}

/** Where a problem is described: its `type`, a path from the root of the server. */
export function problemPath(code: ProblemCode): string {
  return `/problems/${problemSlug(code)}`
}
