import type { ComponentChildren } from 'preact'
import { api } from '../data/api.ts'
import { endSession, sessionState } from '../data/session-state.ts'
import { isAllowed } from '../data/is-allowed.ts'
import { NewScanDialog } from '../pages/start-scan/new-scan-dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { place, setQuery, toChangedPage, toHref } from '../router/location.ts'
import { Link } from '../router/link.tsx'
import { ConnectionBadge } from './connection-badge.tsx'
import { isStale } from './is-stale.ts'
import { ServerFacts } from './server-facts.tsx'
import { ShortcutHelp } from './shortcut-help.tsx'
import { NAVIGATION } from './navigation.ts'
import { useTitle } from './use-title.ts'

/** Header and navigation around every page. */
export function Shell({ children }: { children: ComponentChildren }) {
  useTitle()
  const patterns = place.value.query.get('new')
  return (
    <>
      <SkipLink />
      <header class="header">
        <Link to="scans" class="brand">
          Capstan
        </Link>
        <nav class="nav" aria-label="Pages">
          {NAVIGATION.map(({ path, name }) => (
            <Link
              key={path}
              to={path}
              aria-current={place.value.path.split('/')[0] === path ? 'page' : undefined}
            >
              {name}
            </Link>
          ))}
        </nav>
        {isAllowed('operator') && (
          <button type="button" class="button small" onClick={() => setQuery({ new: '*' })}>
            <Icon name="plus" /> New scan
          </button>
        )}
        <div class="facts">
          <ServerFacts />
          <ConnectionBadge />
          <Person />
        </div>
      </header>
      <main id="main" class={isStale.value ? 'page stale' : 'page'} tabIndex={-1}>
        {children}
      </main>
      <ShortcutHelp />
      {patterns !== null && <NewScanDialog patterns={patterns} />}
    </>
  )
}

/** Moves the focus behind header and navigation. `#main` alone would lead to the page of <base>. */
function SkipLink() {
  const skip = (event: MouseEvent): void => {
    event.preventDefault()
    document.getElementById('main')?.focus()
  }
  return (
    <a class="skip-link" href={toHref(`${toChangedPage({})}#main`)} onClick={skip}>
      Skip to the page
    </a>
  )
}

function Person() {
  const state = sessionState.value
  if (state.status !== 'signed-in' || state.session.method === 'local') return null
  const { name, role } = state.session
  const leave = async (): Promise<void> => {
    await api.logout()
    endSession()
  }
  return (
    <span>
      <span class="wide-only">
        {name} ({role})
      </span>
      <button type="button" class="button plain small" onClick={() => void leave()}>
        Log out
      </button>
    </span>
  )
}
