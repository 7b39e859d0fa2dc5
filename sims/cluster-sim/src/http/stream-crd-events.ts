import type { CrdEvent } from '../crds/crd-store.ts'
import { renderCrdObject, type CrdForm } from './render-crd.ts'
import type { ClusterExchange } from './cluster-exchange.ts'
import { createFailureReply } from './cluster-reply.ts'

// A real server sends a bookmark about once a minute. A shorter interval keeps tests short.
const BOOKMARK_EVERY_MS = 10_000

/**
 * Streams changes as JSON lines from `resourceVersion` on. Without it (or with sendInitialEvents) every CRD
 * comes first as ADDED. An expired version gets 410 as an event, with HTTP 200.
 */
export function streamCrdEvents(exchange: ClusterExchange, form: CrdForm): void {
  const { response, store, url } = exchange
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const send = (type: string, object: string): void => {
    response.write(`{"type":"${type}","object":${object}}\n`)
  }
  const past = listPastEvents(exchange)
  if (!past) {
    const message = `too old resource version: ${url.searchParams.get('resourceVersion')}`
    send('ERROR', String(createFailureReply(410, 'Expired', message).body))
    response.end()
    return
  }
  for (const { type, crd } of past) send(type, renderCrdObject(crd, form))
  const bookmark = createBookmarker(exchange, form, send)
  bookmark(url.searchParams.get('sendInitialEvents') === 'true')
  const unlisten = store.listen(({ type, crd }) => send(type, renderCrdObject(crd, form)))
  const timer = setInterval(() => bookmark(false), BOOKMARK_EVERY_MS)
  const timeout = endAfter(exchange)
  exchange.watches.add(response)
  response.once('close', () => {
    exchange.watches.delete(response)
    unlisten()
    clearInterval(timer)
    clearTimeout(timeout)
  })
}

function listPastEvents({ store, url, faults }: ClusterExchange): CrdEvent[] | undefined {
  const from = Number(url.searchParams.get('resourceVersion') ?? 0)
  if (from > 0 && faults.watchExpired) return undefined
  if (from > 0 && url.searchParams.get('sendInitialEvents') !== 'true') return store.since(from)
  return (store.list() ?? []).map((crd) => ({ type: 'ADDED', crd }))
}

/** Sends bookmarks with the delivered resourceVersion, if the client requested them. */
function createBookmarker(
  { store, url }: ClusterExchange,
  form: CrdForm,
  send: (type: string, object: string) => void,
): (endsInitialEvents: boolean) => void {
  if (url.searchParams.get('allowWatchBookmarks') !== 'true') return () => {}
  return (endsInitialEvents) => {
    const metadata = {
      resourceVersion: String(store.revision),
      creationTimestamp: null,
      ...(endsInitialEvents ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    }
    const kind = form.metadataOnly ? 'PartialObjectMetadata' : 'CustomResourceDefinition'
    const apiVersion = form.metadataOnly ? 'meta.k8s.io/v1' : 'apiextensions.k8s.io/v1'
    send('BOOKMARK', JSON.stringify({ kind, apiVersion, metadata }))
  }
}

function endAfter({ url, response }: ClusterExchange): NodeJS.Timeout | undefined {
  const seconds = Number(url.searchParams.get('timeoutSeconds') ?? 0)
  return seconds > 0 ? setTimeout(() => response.end(), seconds * 1000) : undefined
}
