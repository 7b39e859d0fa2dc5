import * as client from 'openid-client'
import { backoffMs } from '@capstan/shared/async/backoff'
import { sleep } from '@capstan/shared/async/sleep'
import { createGuardedFetch } from '@capstan/shared/http/create-guarded-fetch'
import type { OidcSettings } from './oidc-config.ts'

/** The discovered issuer. The API starts without it. */
export interface OidcIssuer {
  /** Returns the discovered configuration, and discovers the issuer when it is unknown. Rejects with a client error. */
  discover(): Promise<client.Configuration>
}

const REQUEST_SECONDS = 5
const ATTEMPTS = 3
const RETRY = { firstMs: 250, longestMs: 1_000 }
/** Issuers move their endpoints rarely. Keys are read again whenever a token names an unknown one. */
const KNOWN_FOR_MS = 3_600_000
const MAX_BYTES = 1_048_576
/** Clocks of the issuer and of this server may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 30

export function openOidcIssuer(settings: OidcSettings): OidcIssuer {
  let known: { configuration: client.Configuration; at: number } | undefined
  let running: Promise<client.Configuration> | undefined
  const refresh = (): Promise<client.Configuration> => {
    running ??= discoverWithRetries(settings)
      .then((configuration) => {
        known = { configuration, at: performance.now() }
        return configuration
      })
      .finally(() => (running = undefined))
    return running
  }
  return {
    discover: async () => {
      if (known && performance.now() - known.at < KNOWN_FOR_MS) return known.configuration
      const earlier = known?.configuration
      return refresh().catch((error: unknown) => {
        if (earlier) return earlier
        throw error
      })
    },
  }
}

async function discoverWithRetries(settings: OidcSettings): Promise<client.Configuration> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await discoverOnce(settings)
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      await sleep(backoffMs(attempt - 1, RETRY))
    }
  }
}

function discoverOnce(settings: OidcSettings): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = settings
  const isPlain = new URL(issuer).protocol === 'http:'
  const guardedFetch = createGuardedFetch({ maxBytes: MAX_BYTES })
  return client.discovery(
    new URL(issuer),
    clientId,
    { [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
    clientSecret === undefined ? client.None() : createClientAuth(clientSecret),
    {
      timeout: REQUEST_SECONDS,
      [client.customFetch]: (url, { method, headers, body, signal }) =>
        guardedFetch(url, { method, headers, body: body ?? null, signal: signal ?? null }),
      execute: [
        // Verifies the signature of id tokens, beyond TLS.
        client.enableNonRepudiationChecks,
        // The settings accept http for loopback names only.
        ...(isPlain ? [client.allowInsecureRequests] : []),
      ],
    },
  )
}

/** Sends the secret in the body if the issuer lists that method, else by HTTP Basic, the default of the standard. */
function createClientAuth(secret: string): client.ClientAuth {
  const inBody = client.ClientSecretPost(secret)
  const basic = client.ClientSecretBasic(secret)
  return (server, ...request) => {
    const methods = server.token_endpoint_auth_methods_supported
    return (methods?.includes('client_secret_post') ? inBody : basic)(server, ...request)
  }
}
