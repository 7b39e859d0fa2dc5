import type { CrdEvent } from '../crds/crd-store.ts'
import { crdObject, type CrdForm } from './crd-text.ts'
import type { Exchange } from './exchange.ts'
import { failure } from './reply.ts'

// A real server sends a bookmark about once a minute; more often keeps tests short and quiet clients alive.
const BOOKMARK_EVERY_MS = 10_000

/**
 * Streams changes as lines of JSON, from `resourceVersion` on; without one (or with sendInitialEvents) every
 * CRD comes first as ADDED. A version that is too old gets 410 as an event, with HTTP 200.
 */
export function watchCrds(exchange: Exchange, form: CrdForm): void {
  const { response, store, url } = exchange
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const send = (type: string, object: string): void => {
    response.write(`{"type":"${type}","object":${object}}\n`)
  }
  const past = pastEvents(exchange)
  if (!past) {
    const message = `too old resource version: ${url.searchParams.get('resourceVersion')}`
    send('ERROR', String(failure(410, 'Expired', message).body))
    response.end()
    return
  }
  for (const { type, crd } of past) send(type, crdObject(crd, form))
  const bookmark = bookmarker(exchange, form, send)
  bookmark(url.searchParams.get('sendInitialEvents') === 'true')
  const unlisten = store.listen(({ type, crd }) => send(type, crdObject(crd, form)))
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

function pastEvents({ store, url, faults }: Exchange): CrdEvent[] | undefined {
  const from = Number(url.searchParams.get('resourceVersion') ?? 0)
  if (from > 0 && faults.watchExpired) return undefined
  if (from > 0 && url.searchParams.get('sendInitialEvents') !== 'true') return store.since(from)
  return (store.list() ?? []).map((crd) => ({ type: 'ADDED', crd }))
}

/** Says up to which version the client has seen everything, if it asked for that. */
function bookmarker(
  { store, url }: Exchange,
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

function endAfter({ url, response }: Exchange): NodeJS.Timeout | undefined {
  const seconds = Number(url.searchParams.get('timeoutSeconds') ?? 0)
  return seconds > 0 ? setTimeout(() => response.end(), seconds * 1000) : undefined
}
