import { sessionState } from './data/session-state.ts'
import { place } from './router/location.ts'
import { findPage } from './router/pages.ts'
import { Shell } from './shell/shell.tsx'
import { LoginPage } from './pages/login/login-page.tsx'
import { MissingPage } from './pages/missing-page.tsx'

/** The whole dashboard: the login, or the page of the present URL inside the shell. */
export function App() {
  if (sessionState.value.status === 'signed-out') return <LoginPage />
  const found = findPage(place.value.path)
  return <Shell>{found ? <found.page {...found.params} /> : <MissingPage />}</Shell>
}
