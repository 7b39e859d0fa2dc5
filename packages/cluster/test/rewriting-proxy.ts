import { createServer } from 'node:http'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { fetch } from 'undici'
import type { KubeAuth } from '../src/kube/open-kube-auth.ts'

/** A request to the real server. With a `status` the proxy answers it itself. */
export interface ProxiedRequest {
  path: string
  accept: string | undefined
  status?: number
}

export interface RewritingProxy {
  kubeconfig: string
  /** `status path` of every answer, in order. */
  answers: string[]
}

/** Starts a proxy for a real API server that rewrites requests and forwards the real answers. */
export async function startRewritingProxy(
  auth: KubeAuth,
  rewrite: (passing: ProxiedRequest) => ProxiedRequest = (passing) => passing,
): Promise<RewritingProxy> {
  const answers: string[] = []
  const server = createServer((request, response) => {
    const asked = request.url ?? '/'
    const { path, accept, status } = rewrite({ path: asked, accept: request.headers.accept })
    const etag = request.headers['if-none-match']
    const reply = status === undefined ? ask(auth, path, { accept, etag }) : refusal(status)
    reply
      .then((given) => {
        answers.push(`${given.status} ${asked}`)
        return response.writeHead(given.status, given.headers).end(given.body)
      })
      .catch(() => response.destroy())
  })
  const { url } = await listenForTest(server)
  return { kubeconfig: kubeconfigOf(url), answers }
}

async function refusal(status: number) {
  return { status, headers: {}, body: Buffer.from('{}') }
}

async function ask(
  auth: KubeAuth,
  path: string,
  { accept, etag }: { accept: string | undefined; etag: string | undefined },
) {
  const { headers, dispatcher } = await auth.authorize()
  const reply = await fetch(auth.server + path, {
    headers: {
      ...headers,
      ...(accept ? { accept } : {}),
      ...(etag ? { 'if-none-match': etag } : {}),
    },
    dispatcher,
    redirect: 'manual',
  })
  const kept = ['content-type', 'etag', 'location'].flatMap((name) => {
    const value = reply.headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  return {
    status: reply.status,
    headers: Object.fromEntries(kept),
    body: Buffer.from(await reply.arrayBuffer()),
  }
}

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    clusters: [{ name: 'proxied', cluster: { server } }],
    users: [{ name: 'anonymous', user: {} }],
    contexts: [{ name: 'proxied', context: { cluster: 'proxied', user: 'anonymous' } }],
    'current-context': 'proxied',
  })
}
