import type { Frame } from '../frame.ts'
import { FRAME_TYPES, isFrameType } from '../frame-types.ts'
import { API } from '../request.ts'

interface ConnectionHandlers {
  /** Called before the first frame. */
  onFirst: () => void
  onFrame: (frame: Frame) => void
  /** The connection is lost, or delivers nothing. */
  onFailure: () => void
}

/**
 * Every connection begins with events. A proxy that collects responses passes none of them on, and to an EventSource this
 * looks like a working connection.
 */
const FIRST_EVENT_WITHIN_MS = 10_000
/** The server pings after 15 s. A computer that slept, or a network that changed, can leave a connection that never ends. */
const NEXT_EVENT_WITHIN_MS = 40_000

/** Connects to GET /events once. Returns a function that disconnects. */
export function openConnection(
  topics: string[],
  lastEventId: string,
  { onFirst, onFrame, onFailure }: ConnectionHandlers,
): () => void {
  const source = new EventSource(toUrl(topics, lastEventId))
  let timer = setTimeout(onFailure, FIRST_EVENT_WITHIN_MS)
  const extendWait = (): void => {
    clearTimeout(timer)
    timer = setTimeout(onFailure, NEXT_EVENT_WITHIN_MS)
  }
  let lastId: string | undefined
  source.addEventListener('error', onFailure)
  source.addEventListener('ping', extendWait)
  for (const type of FRAME_TYPES) {
    source.addEventListener(type, (event: MessageEvent<string>) => {
      extendWait()
      if (lastId === undefined) onFirst()
      // An event without an id has that of the event before it.
      const id = event.lastEventId === (lastId ?? '') ? undefined : event.lastEventId
      lastId = event.lastEventId
      if (isFrameType(type))
        onFrame({ type, data: JSON.parse(event.data), ...(id === undefined ? {} : { id }) })
    })
  }
  return () => {
    clearTimeout(timer)
    source.close()
  }
}

function toUrl(topics: string[], lastEventId: string): URL {
  const url = new URL('events', API)
  url.searchParams.set('topics', topics.join(','))
  if (lastEventId !== '') url.searchParams.set('lastEventId', lastEventId)
  return url
}
