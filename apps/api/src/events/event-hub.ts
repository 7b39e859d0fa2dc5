import type { ProviderEvent, StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import { parseStoredEvent } from '@capstan/scan-store/journal/read/read-event-page'
import { parseScanChange, type ScanChange } from '@capstan/scan-store/journal/read/scan-change'
import { parseProviderEvent } from '@capstan/limits/limiter/provider-events'
import {
  openBlockingReader,
  type FollowedStream,
  type ReaderDeps,
  type StreamEntry,
} from './blocking-reader.ts'

/** Delivers the events of scans and providers, and the changes of all scans, to listeners in this process. */
export interface EventHub {
  /**
   * Notifies `listener` of every event of the scan that is written after the promise resolves. Returns a function that
   * unsubscribes.
   */
  follow(scanId: string, listener: EventListener): Promise<() => void>
  /** Notifies `listener` of every change of any scan after `position` of the result. */
  followChanges(listener: ChangeListener): Promise<FollowedStream>
  close(): Promise<void>
}

interface ProviderListener {
  /** Receives events of all providers, including those that the scan does not use. */
  onProvider?: ((event: ProviderEvent) => void) | undefined
  /** Called when stored positions are invalid, for example because Redis restarted without its newest events. */
  onRewind(): void
}

export interface EventListener extends ProviderListener {
  onEvent(event: StoredEvent): void
}

export interface ChangeListener extends ProviderListener {
  onChange(change: ScanChange): void
}

/** Opens the hub. Only `close` ends it. */
export function openEventHub(deps: ReaderDeps): EventHub {
  const { keys } = deps
  const reader = openBlockingReader(deps)
  const decodeEvent = decodeOnce((scanId: string, [id, fields]) =>
    parseStoredEvent(scanId, id, fields),
  )
  const decodeProvider = decodeOnce((_key: string, [, fields]) => parseProviderEvent(fields))

  const followProviders = async ({ onProvider }: ProviderListener): Promise<() => void> => {
    const onEntry = (entry: StreamEntry): void => {
      const event = decodeProvider('', entry)
      if (event) onProvider?.(event)
    }
    const { unfollow } = await reader.follow(keys.providerEvents, {
      onEntries: (entries) => entries.forEach(onEntry),
      // Later readers find the state of providers elsewhere.
      onLoss: () => undefined,
    })
    return unfollow
  }

  const followBoth = async (
    key: string,
    listener: ProviderListener,
    onEntry: (entry: StreamEntry) => void,
  ): Promise<FollowedStream> => {
    const unfollowProviders = listener.onProvider ? await followProviders(listener) : noop
    try {
      const followed = await reader.follow(key, {
        onEntries: (entries) => entries.forEach(onEntry),
        onLoss: () => listener.onRewind(),
      })
      return {
        position: followed.position,
        unfollow: joinCalls(followed.unfollow, unfollowProviders),
      }
    } catch (error) {
      unfollowProviders()
      throw error
    }
  }

  return {
    follow: async (scanId, listener) => {
      const onEntry = (entry: StreamEntry): void => listener.onEvent(decodeEvent(scanId, entry))
      return (await followBoth(keys.scanEvents(scanId), listener, onEntry)).unfollow
    },
    followChanges: (listener) =>
      followBoth(keys.scanChanges, listener, ([id, fields]) =>
        listener.onChange(parseScanChange(id, fields)),
      ),
    close: () => reader.close(),
  }
}

const noop = (): void => undefined

function joinCalls(...calls: (() => void)[]): () => void {
  return () => {
    for (const call of calls) call()
  }
}

/** Listeners of one stream share the decoded form of each entry. */
function decodeOnce<T>(
  decode: (name: string, entry: StreamEntry) => T,
): (name: string, entry: StreamEntry) => T {
  const decoded = new WeakMap<StreamEntry, { value: T }>()
  return (name, entry) => {
    const known = decoded.get(entry) ?? { value: decode(name, entry) }
    decoded.set(entry, known)
    return known.value
  }
}
