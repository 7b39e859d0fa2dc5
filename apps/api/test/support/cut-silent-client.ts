import { once } from 'node:events'
import { connect } from 'node:net'
import type { ApiRig } from './api-rig.ts'
import { openSse } from './sse-client.ts'

/** More than the kernel buffers of both ends hold, 4 to 10 MB on Linux. */
const EVENTS = 400
const EVENT_BYTES = 60_000
/** Together less than the unread bytes that disconnect a client. */
const UNREAD_EVENTS = 4

/**
 * Writes 400 large events of a scan without events. Resolves when the stream at `path` has disconnected a client that does not read.
 * Returns the number of events that another client received.
 */
export async function cutSilentClient(rig: ApiRig, scanId: string, path: string): Promise<number> {
  const healthy = await openSse(`${rig.url}${path}`)
  await healthy.next(({ type }) => type === 'snapshot')
  const { port, hostname } = new URL(rig.url)
  const silent = connect(Number(port), hostname)
  silent.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`)
  await once(silent, 'readable')
  silent.pause()
  const cut = once(silent, 'close')
  const data = JSON.stringify({ resource: 'x', by: 'y'.repeat(EVENT_BYTES) })
  const key = rig.redis.keys.scanEvents(scanId)
  for (let seq = 1; seq <= EVENTS; seq++) {
    const event = ['type', 'resource.requeued', 'at', '1', 'data', data]
    await rig.deps.redis.xadd(key, `${seq}-0`, ...event)
    // At most this many are unread, so that a healthy client on a busy machine is never the silent one.
    if (seq % UNREAD_EVENTS > 0) continue
    await healthy.next(({ type, data }) => type === 'resource.requeued' && data['seq'] === seq)
  }
  silent.resume()
  await cut
  healthy.leave()
  return healthy.events.filter(({ type }) => type === 'resource.requeued').length
}
