import { sessionState } from './data/session-state.ts'
import { place } from './router/location.ts'
import { findPage } from './router/pages.ts'
import { Shell } from './shell/shell.tsx'
import { LoginPage } from './pages/login/login-page.tsx'
import { MissingPage } from './pages/missing-page.tsx'

/** Pages of the server without a session lead here, with the page to return to as `next`. */
const LOGIN_PATH = 'login'

/** The whole dashboard: the login, or the page of the present URL inside the shell. */
export function App() {
  const needsLogin = sessionState.value.status === 'signed-out'
  if (needsLogin || place.value.path === LOGIN_PATH) return <LoginPage />
  const found = findPage(place.value.path)
  return <Shell>{found ? <found.page {...found.params} /> : <MissingPage />}</Shell>
}
