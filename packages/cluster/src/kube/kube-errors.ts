import { AppError } from '@capstan/shared/errors'
import { findNetworkHint } from '@capstan/shared/http/find-network-hint'
import { scrub } from '@capstan/shared/text/scrub'

/** 401: the server rejects the credentials. */
export function credentialsError(server: string): AppError {
  return new AppError(
    'CLUSTER_FORBIDDEN',
    `The cluster at ${getHost(server)} does not accept the credentials`,
    { hint: 'Renew the token or certificate of the context; `kubectl version` uses the same.' },
  )
}

/** A status that is neither an answer nor a lack of permissions. */
export function statusError(path: string, status: number | 'busy', waitMs = 1000): AppError {
  const [pathname = ''] = path.split('?')
  const answer = status === 'busy' ? 'is too busy to answer' : `answered ${status} to`
  return new AppError('CLUSTER_UNREACHABLE', `The cluster ${answer} GET ${pathname}`, {
    hint: `Try \`kubectl get --raw ${pathname}\`.`,
    retryable: true,
    ...(status === 'busy' ? { retryAfterMs: Math.min(waitMs, 300_000) } : {}),
  })
}

/** 403 for a path that every account may read by default. */
export function forbiddenError(what: string): AppError {
  return new AppError('CLUSTER_FORBIDDEN', `The account may not read ${what} of the cluster`, {
    hint: 'Bind it to the ClusterRole system:discovery, which allows reading type definitions only.',
  })
}

/** An answer that no Kubernetes API server gives, such as a login page. */
export function notKubernetesError(server: string, path: string): AppError {
  return new AppError(
    'CLUSTER_UNREACHABLE',
    `${server} does not answer GET ${path} as a Kubernetes API server does`,
    { hint: 'Check the server of the context: it may be a proxy that wants a login.' },
  )
}

/** No answer: connection refused, timeout, unknown host or invalid certificate. */
export function unreachableClusterError(server: string, error: unknown): AppError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why =
    cause instanceof Error ? scrub(cause.message || cause.name, [], 160) : 'no reason given'
  return new AppError(
    'CLUSTER_UNREACHABLE',
    `The cluster at ${getHost(server)} does not answer: ${why}`,
    {
      hint:
        findNetworkHint(error) ??
        'Check the network, the VPN and the server of the context; `kubectl version` uses the same.',
      retryable: true,
      cause: error,
    },
  )
}

function getHost(server: string): string {
  return URL.parse(server)?.host ?? 'an unknown host'
}
