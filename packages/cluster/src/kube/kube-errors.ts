import { AppError } from '@capstan/shared/errors'
import { findNetworkHint } from '@capstan/shared/http/find-network-hint'
import { scrub } from '@capstan/shared/text/scrub'

/** 401: the server does not know who asks. */
export function credentialsError(server: string): AppError {
  return new AppError(
    'CLUSTER_FORBIDDEN',
    `The cluster at ${hostOf(server)} does not accept the credentials`,
    { hint: 'Renew the token or certificate of the context; `kubectl version` uses the same.' },
  )
}

/** A status that means neither an answer nor a lack of rights. */
export function statusError(path: string, status: number | 'busy', waitMs = 1000): AppError {
  const [pathname = ''] = path.split('?')
  const answer = status === 'busy' ? 'is too busy to answer' : `answered ${status} to`
  return new AppError('CLUSTER_UNREACHABLE', `The cluster ${answer} GET ${pathname}`, {
    hint: `Try \`kubectl get --raw ${pathname}\`.`,
    retryable: true,
    ...(status === 'busy' ? { retryAfterMs: Math.min(waitMs, 300_000) } : {}),
  })
}

/** 403 to something that every account may read by default. */
export function forbiddenError(what: string): AppError {
  return new AppError('CLUSTER_FORBIDDEN', `The account may not read ${what} of the cluster`, {
    hint: 'Bind it to the ClusterRole system:discovery, which allows reading type definitions only.',
  })
}

/** An answer that is not what the path promises: a login page, or not a Kubernetes API at all. */
export function notKubernetesError(server: string, path: string): AppError {
  return new AppError(
    'CLUSTER_UNREACHABLE',
    `${server} does not answer GET ${path} as a Kubernetes API server does`,
    { hint: 'Check the server of the context: it may be a proxy that wants a login.' },
  )
}

/** No answer at all: refused, timed out, unknown name, bad certificate. */
export function unreachableClusterError(server: string, error: unknown): AppError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why =
    cause instanceof Error ? scrub(cause.message || cause.name, [], 160) : 'no reason given'
  return new AppError(
    'CLUSTER_UNREACHABLE',
    `The cluster at ${hostOf(server)} does not answer: ${why}`,
    {
      hint:
        findNetworkHint(error) ??
        'Check the network, the VPN and the server of the context; `kubectl version` uses the same.',
      retryable: true,
      cause: error,
    },
  )
}

function hostOf(server: string): string {
  return URL.parse(server)?.host ?? 'an unknown host'
}
