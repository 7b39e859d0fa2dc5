import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'
import { ownPort } from '@capstan/testkit/own-port'
import { serve } from './serve.ts'

/** A certified implementation of OpenID Connect in this process, which logs `user` in without questions. */
export interface TestOidcProvider {
  url: string
  user: { sub: string } & Record<string, unknown>
  /** Registers the client `capstan` with this redirect URI. */
  redirectUri(uri: string): void
}

interface GrantContext {
  oidc: {
    client: { clientId: string }
    session: { accountId: string; grantIdFor(clientId: string): string | undefined }
    provider: { Grant: GrantClass }
  }
}

interface GrantClass {
  new (ids: { clientId: string; accountId: string }): {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }
}

const CLIENT = {
  client_id: 'capstan',
  client_secret: 'canary-client-secret-0123456789',
  grant_types: ['authorization_code'],
  response_types: ['code'],
}

export async function startOidcProvider(): Promise<TestOidcProvider> {
  const port = await ownPort()
  const url = `http://127.0.0.1:${port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }
  let provider: Provider | undefined
  const running: TestOidcProvider = {
    url,
    user: { sub: 'unknown' },
    redirectUri: (uri) => {
      provider = createProvider(running, jwk, uri)
    },
  }
  await serve((request, response) => {
    if (!provider) response.writeHead(503).end()
    else if (request.url?.startsWith('/interaction/')) {
      void finishInteraction(provider, running, request, response)
    } else provider.callback()(request, response)
  }, port)
  return running
}

function createProvider(running: TestOidcProvider, jwk: object, redirectUri: string): Provider {
  return new Provider(running.url, {
    clients: [{ ...CLIENT, redirect_uris: [redirectUri] }],
    jwks: { keys: [jwk] },
    cookies: { keys: ['a key of the test'] },
    scopes: ['openid', 'profile', 'groups'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => running.user }),
    loadExistingGrant: async ({ oidc }: GrantContext) => {
      const { clientId } = oidc.client
      const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId })
      grant.addOIDCScope('openid profile groups')
      await grant.save()
      return grant
    },
  })
}

async function finishInteraction(
  provider: Provider,
  { user }: TestOidcProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await provider.interactionDetails(request, response)
  await provider.interactionFinished(request, response, { login: { accountId: user.sub } })
}
