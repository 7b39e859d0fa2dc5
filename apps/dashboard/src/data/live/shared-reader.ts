import { MAX_FOLLOWED_SCANS } from '@capstan/shared/contract/events/stream-topics'
import type { LiveHandlers } from './live-handlers.ts'
import { openStream } from './stream.ts'

/** The stream of events for the topics of several tabs. */
export interface SharedReader {
  /** Adds a tab, or replaces its topics. Returns whether it is new. */
  add(tab: string, topics: string[]): boolean
  remove(tab: string): void
}

/** Tabs answer a new leader within this time, so that their topics need one connection. */
const SETTLE_MS = 50

/** Opens a stream for tabs. It connects when the first tab with topics is added. */
export function openSharedReader(handlers: LiveHandlers): SharedReader {
  const stream = openStream(handlers)
  /** In the order of the last announcements. */
  const byTab = new Map<string, string[]>()
  let isRestart = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const follow = (): void => {
    stream.follow(joinTopics([...byTab.values()]), isRestart)
    isRestart = false
  }
  const settle = (): void => {
    clearTimeout(timer)
    timer = setTimeout(follow, SETTLE_MS)
  }
  return {
    add: (tab, topics) => {
      // A new tab has no state yet, so the next connection begins with a snapshot.
      const isNew = !byTab.delete(tab)
      isRestart ||= isNew
      byTab.set(tab, topics)
      settle()
      return isNew
    },
    remove: (tab) => {
      byTab.delete(tab)
      settle()
    },
  }
}

/** The server rejects a stream of too many scans, so those of the tabs that were shown last are followed. */
function joinTopics(lists: string[][]): string[] {
  const all = new Set(lists.toReversed().flat())
  const scans = [...all].filter((topic) => topic.startsWith('scan:'))
  return [...all.difference(new Set(scans.slice(MAX_FOLLOWED_SCANS)))]
}
