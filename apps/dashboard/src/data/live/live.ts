import { effect, signal } from '@preact/signals'
import { notifiedScans } from '../end-notifications.ts'
import type { Frame } from '../frame.ts'
import type { ConnectionStatus, LiveHandlers } from './live-handlers.ts'
import { openSharedReader, type SharedReader } from './shared-reader.ts'
import { awaitTabEnd, holdTabLock } from './tab-lock.ts'

type Message =
  | { kind: 'wants'; tab: string; topics: string[] }
  | { kind: 'gone'; tab: string }
  | { kind: 'leader' }
  | { kind: 'frame'; frame: Frame }
  | { kind: 'status'; status: ConnectionStatus }

/** Topics that the present page needs, beside those of the header. */
export const pageTopics = signal<string[]>([])

const HEADER_TOPICS = ['scans', 'queue', 'providers']
/** A page in the background needs no events after this time. */
const SLEEP_AFTER_MS = 60_000

/**
 * Reads the stream of events for all tabs: one of them, the leader, holds the connection and passes everything on. Another tab
 * becomes the leader when it is closed. Without a secure context each tab has a connection of its own.
 */
export function openLive(handlers: LiveHandlers): void {
  const isShared = 'locks' in navigator && 'BroadcastChannel' in globalThis
  const tab = `${Date.now()}-${Math.random()}`
  const channel = isShared ? new BroadcastChannel('capstan-live') : undefined
  let reader: SharedReader | undefined
  let topics: string[] = []
  let isAnnounced = !isShared

  const deliver = (message: Message): void => {
    channel?.postMessage(message)
    receive(message)
  }
  const receive = (message: Message): void => {
    if (message.kind === 'frame') handlers.onFrame(message.frame)
    else if (message.kind === 'status') handlers.onStatus(message.status)
    else if (message.kind === 'leader') announce()
    else if (message.kind === 'wants') addTab(message.tab, message.topics)
    else reader?.remove(message.tab)
  }
  const addTab = (name: string, wanted: string[]): void => {
    const isNew = reader?.add(name, wanted)
    if (isNew && name !== tab) void awaitTabEnd(name).then(() => reader?.remove(name))
  }
  const announce = (): void => {
    if (isAnnounced) deliver({ kind: 'wants', tab, topics })
  }
  const lead = (): void => {
    reader = openSharedReader({
      onFrame: (frame) => deliver({ kind: 'frame', frame }),
      onStatus: (status) => deliver({ kind: 'status', status }),
    })
    deliver({ kind: 'leader' })
  }

  channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => receive(data))
  addEventListener('pagehide', () => deliver({ kind: 'gone', tab }))
  addEventListener('pageshow', ({ persisted }) => persisted && announce())
  // The stream follows the scans of the pages that were shown last.
  document.addEventListener('visibilitychange', announce)
  const isAwake = watchAwake()
  effect(() => {
    topics =
      isAwake.value || notifiedScans.value.size > 0 ? [...HEADER_TOPICS, ...pageTopics.value] : []
    announce()
  })
  if (!isShared) return lead()
  // Held as long as the tab lives: the browser gives the lock to the next tab.
  void navigator.locks.request('capstan-live', () => new Promise<never>(lead))
  // Not announced before, so that the leader cannot get the lock of the tab first.
  void holdTabLock(tab).then(() => {
    isAnnounced = true
    announce()
  })
}

/** False once the page has been in the background for a minute. */
function watchAwake() {
  const isAwake = signal(true)
  let timer: ReturnType<typeof setTimeout> | undefined
  const watch = (): void => {
    clearTimeout(timer)
    if (document.visibilityState === 'visible') isAwake.value = true
    else timer = setTimeout(() => (isAwake.value = false), SLEEP_AFTER_MS)
  }
  document.addEventListener('visibilitychange', watch)
  // A link can open a tab in the background.
  watch()
  return isAwake
}
