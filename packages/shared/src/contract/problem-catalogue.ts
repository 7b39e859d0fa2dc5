import type { ProblemCode } from './problem.ts'

/** Description of a problem code. Source of docs/errors.md and GET /problems. */
export interface ProblemEntry {
  /** HTTP status. A well-formed request with unusable values may get 422 instead of 400. */
  status: number
  title: string
  meaning: string
  /** The action that resolves the problem. */
  fix: string
}

const SEE_ERRORS = 'Read `errors`: each entry names one fault. /docs describes each request.'

/** All problem codes, in order of their status. */
export const PROBLEM_CATALOGUE: Record<ProblemCode, ProblemEntry> = {
  VALIDATION: {
    status: 400,
    title: 'Validation failed',
    meaning: 'A part of the request (body, query parameter, header or path) is not valid.',
    fix: `${SEE_ERRORS} The status is 422 for a well-formed request with unusable values, such as an empty search. It is 408 for a request that arrives too slowly, and 431 for too many headers.`,
  },
  UNAUTHORIZED: {
    status: 401,
    title: 'Unauthorized',
    meaning:
      'The request has no token and no session, or an unknown token, or its session has ended.',
    fix: 'Send `Authorization: Bearer <token>` with a token of the server setting CAPSTAN_TOKEN, or log in. `login` lists the ways to log in.',
  },
  LOGIN_FAILED: {
    status: 401,
    title: 'Login failed',
    meaning:
      'The OpenID Connect issuer rejected the login, its answer is not valid, or the login took longer than ten minutes.',
    fix: 'Log in again. `detail` and the log of the API have the reason.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Forbidden',
    meaning:
      'The caller lacks a role, the request comes from a page of another site, or the name of the server is not allowed.',
    fix: 'Use a token with the scope in `requiredScope`, or log in as a user with the role in `requiredRole`.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'Not found',
    meaning: 'The path, scan, type, schedule or provider does not exist.',
    fix: 'The hint names the request that lists the existing ones.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The path does not support this method.',
    fix: 'Use a method of the `Allow` header.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'Not acceptable',
    meaning: 'The response is not available in a media type of `Accept`.',
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
    title: 'Idempotent request in progress',
    meaning: 'A request with the same Idempotency-Key is still in progress.',
    fix: 'Send the request again after `Retry-After`. It returns the response of the first request.',
  },
  WRONG_STATE: {
    status: 409,
    title: 'Wrong state',
    meaning: 'The state of the scan does not allow the action.',
    fix: 'Read `status` of the scan. The hint names an action that its state allows.',
  },
  EVENTS_TRIMMED: {
    status: 410,
    title: 'Events no longer kept',
    meaning:
      'The first events of the scan are no longer kept, so its earlier counters are unknown.',
    fix: 'Read the latest counters from the scan itself.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'Payload too large',
    meaning: 'The body exceeds the limit of 256 KiB, or of CAPSTAN_IMPORT_BYTES for imports.',
    fix: 'Send a smaller body. Patterns such as `*.example.com` replace long lists of types.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    meaning: 'The route does not support the `Content-Type` of the body.',
    fix: 'Send JSON with `Content-Type: application/json`; imports also accept NDJSON.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    title: 'Idempotency key mismatch',
    meaning: 'The Idempotency-Key was used with another body.',
    fix: 'Use a new key for a new request.',
  },
  UNKNOWN_CLUSTER: {
    status: 422,
    title: 'Unknown cluster',
    meaning:
      'The server has no cluster of this name: none is configured, and none has catalog rows or scans.',
    fix: 'Use a name from the hint, or omit `cluster`. Clusters are the contexts of the kubeconfig.',
  },
  UNKNOWN_RESOURCES: {
    status: 422,
    title: 'Unknown resources',
    meaning: 'The names and patterns of the request match no type of the cluster.',
    fix: 'Use a similar name from `errors`, or find types with GET /api/v1/resources?q=PART.',
  },
  PROVIDER_NOT_CONFIGURED: {
    status: 422,
    title: 'Provider not configured',
    meaning: 'No worker has credentials of the provider, or no model is selected.',
    fix: 'Configure the key of the provider in a worker, or select another provider or model.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Rate limited',
    meaning:
      'The caller exceeded its limit of POST requests per minute, or its address the limit of failed logins.',
    fix: 'Wait for the time in `Retry-After`.',
  },
  INTERNAL: {
    status: 500,
    title: 'Internal error',
    meaning: 'A fault of Capstan. Its details are in the log of the API, not in the response.',
    fix: 'Send the request again. If the fault persists, find `instance` in the log and report it.',
  },
  PROVIDER_UNAVAILABLE: {
    status: 502,
    title: 'Provider unavailable',
    meaning: 'A call to the model provider failed. `reason` and `kind` classify the failure.',
    fix: 'The hint names the setting to check. docs/errors.md lists the kinds.',
  },
  PROVIDER_AUTH: {
    status: 502,
    title: 'Provider authentication failed',
    meaning: 'The model provider, or a proxy in front of it, rejected the key.',
    fix: 'Check the key of the provider in the settings of the workers.',
  },
  PROVIDER_QUOTA: {
    status: 502,
    title: 'Provider quota exhausted',
    meaning: 'The account at the model provider has no remaining credit or quota.',
    fix: 'Raise the limit at the provider, or use another account.',
  },
  PROVIDER_MODEL_UNKNOWN: {
    status: 502,
    title: 'Unknown model',
    meaning: 'The endpoint of the provider does not have the model.',
    fix: 'Use a model that the endpoint lists.',
  },
  ISSUER_UNAVAILABLE: {
    status: 502,
    title: 'Issuer unavailable',
    meaning: 'The OpenID Connect issuer does not answer.',
    fix: 'Try again, or log in with a token. Check CAPSTAN_OIDC_ISSUER and the proxies of the API.',
  },
  CLUSTER_UNREACHABLE: {
    status: 502,
    title: 'Cluster unreachable',
    meaning: 'The API server of the cluster does not answer.',
    fix: 'Check that the API process can reach the address in the kubeconfig.',
  },
  CLUSTER_FORBIDDEN: {
    status: 502,
    title: 'Cluster access forbidden',
    meaning: 'The cluster rejected the credentials of Capstan, or they lack a permission.',
    fix: 'The hint names the missing permission. docs/kubernetes-access.md has the complete role.',
  },
  CLUSTER_MISCONFIGURED: {
    status: 502,
    title: 'Cluster misconfigured',
    meaning: 'No cluster is configured, or its kubeconfig is unusable.',
    fix: 'Correct the setting that the hint names, and restart the API.',
  },
  TOO_MANY_STREAMS: {
    status: 503,
    title: 'Too many streams',
    meaning: 'The token or the process reached its limit of open event streams.',
    fix: 'Close unused streams, or try again after `Retry-After`.',
  },
  OVERLOADED: {
    status: 503,
    title: 'Server overloaded',
    meaning: 'The server reached a limit, such as the number of models in use.',
    fix: 'Try again after `Retry-After`. The hint names the setting of the limit.',
  },
  REDIS_UNAVAILABLE: {
    status: 503,
    title: 'Redis unavailable',
    meaning: 'Redis does not answer, or does not accept writes.',
    fix: 'Try again after `Retry-After`. /readyz?verbose and `capstan doctor` show the cause.',
  },
  DRAINING: {
    status: 503,
    title: 'Server is draining',
    meaning: 'The process is shutting down and accepts no new work.',
    fix: 'Send the request again, to another replica or after the restart.',
  },
}

/** Form of a code in URLs: `SCAN_CONFLICT` becomes `scan-conflict`. */
export function problemSlug(code: string): string {
  return code.toLowerCase().replaceAll('_', '-')
}

/** The `type` of a problem: a path on the server with its description. */
export function problemPath(code: ProblemCode): string {
  return `/problems/${problemSlug(code)}`
}
