import { installEndNotifications } from './data/end-notifications.ts'
import { loadSession } from './data/session.ts'
import { openLive } from './data/live/live.ts'
import { applyFrame, setConnection } from './data/store.ts'
import { installShortcuts } from './shell/shortcuts.ts'

/** Starts what runs as long as the page: the session, the stream of events, and the keys. */
export function startDashboard(): void {
  openLive({ onFrame: applyFrame, onStatus: setConnection })
  installShortcuts()
  installEndNotifications()
  void loadSession()
}
