import { useEffect } from 'preact/hooks'
import { API } from '../../data/request.ts'
import { sessionState } from '../../data/session-state.ts'
import { place } from '../../router/location.ts'
import { findNextPage } from './find-next-page.ts'
import { TokenForm } from './token-form.tsx'

/**
 * The login, with the methods that the server offers. The page below stays as it is in the URL, and opens after the login;
 * /ui/login opens its `next`.
 */
export function LoginPage() {
  const state = sessionState.value
  const isIn = state.status === 'signed-in'
  useEffect(() => {
    if (isIn && place.value.path === 'login') globalThis.location.replace(findNextPage())
  }, [isIn])
  if (state.status !== 'signed-out') return null
  const { methods } = state
  return (
    <main class="page login">
      <div class="card card-body">
        <h1>Log in to Capstan</h1>
        {methods.includes('oidc') && (
          <a class="button primary" href={buildIssuerLink()}>
            Log in with your account
          </a>
        )}
        {methods.includes('token') && <TokenForm isOnly={methods.length === 1} />}
      </div>
    </main>
  )
}

/** The server redirects to the issuer, which leads back. */
function buildIssuerLink(): string {
  const url = new URL('session/oidc', API)
  url.searchParams.set('next', findNextPage())
  return url.href
}
