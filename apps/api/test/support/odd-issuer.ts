import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, type JWK, type CryptoKey } from 'jose'
import { serve, type TestServer } from './serve.ts'

/** The behavior of an issuer, changeable between two logins. */
export interface OddIssuerBehavior {
  /** Claims of the id token beside the standard ones, which they replace. */
  idClaims?: Record<string, unknown>
  /** Claims of the userinfo response; undefined: there is no such endpoint. */
  userInfo?: Record<string, unknown> | undefined
  /** Error of the authorization response. */
  deny?: { error: string; error_description: string }
  /** Signs with a key that the issuer does not publish. */
  hasForeignKey?: boolean
  hasNoIdToken?: boolean
  /** Status of every response. */
  failsWith?: number
}

/** An OpenID Connect issuer without a library, whose every answer a test can change. */
export interface OddIssuer extends TestServer {
  behavior: OddIssuerBehavior
  /** Secrets that the issuer has issued. */
  issued: string[]
  /** Bodies of token requests. */
  tokenRequests: URLSearchParams[]
}

interface Keys {
  own: CryptoKey
  foreign: CryptoKey
  jwk: JWK
}

interface Grant {
  challenge: string
  nonce: string
  clientId: string
}

export async function startOddIssuer(
  behavior: OddIssuerBehavior = {},
  port = 0,
): Promise<OddIssuer> {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }
  const keys = { own: own.privateKey, foreign: foreign.privateKey, jwk }
  const grants = new Map<string, Grant>()
  const server = await serve((request, response) => {
    answer(issuer, { keys, grants }, request, response).catch(() => response.destroy())
  }, port)
  const issuer: OddIssuer = { ...server, behavior, issued: [], tokenRequests: [] }
  return issuer
}

async function answer(
  issuer: OddIssuer,
  state: { keys: Keys; grants: Map<string, Grant> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { behavior, url: issuerUrl } = issuer
  const url = new URL(request.url ?? '/', issuerUrl)
  const send = (body: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (behavior.failsWith !== undefined) return send({}, behavior.failsWith)
  switch (url.pathname) {
    case '/.well-known/openid-configuration':
      return send(describeIssuer(issuer))
    case '/jwks':
      return send({ keys: [state.keys.jwk] })
    case '/authorize':
      response.writeHead(302, { location: authorize(issuer, state.grants, url.searchParams) }).end()
      return
    case '/userinfo':
      return send({ sub: 'user-1', ...behavior.userInfo })
    case '/token': {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      return send(...(await redeem(issuer, state, new URLSearchParams(body))))
    }
    default:
      return send({}, 404)
  }
}

function describeIssuer({ url, behavior }: OddIssuer): object {
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    ...(behavior.userInfo ? { userinfo_endpoint: `${url}/userinfo` } : {}),
  }
}

/** Logs the user in at once, and returns the redirect to the client. */
function authorize(issuer: OddIssuer, grants: Map<string, Grant>, query: URLSearchParams): string {
  const target = new URL(query.get('redirect_uri') ?? '')
  target.searchParams.set('state', query.get('state') ?? '')
  // A parameter of its own, as many issuers add.
  target.searchParams.set('session_state', 'x')
  const { deny } = issuer.behavior
  if (deny) {
    for (const [name, value] of Object.entries(deny)) target.searchParams.set(name, value)
    return target.href
  }
  const code = `canary-code-${randomUUID()}`
  issuer.issued.push(code)
  grants.set(code, {
    challenge: query.get('code_challenge') ?? '',
    nonce: query.get('nonce') ?? '',
    clientId: query.get('client_id') ?? '',
  })
  target.searchParams.set('code', code)
  return target.href
}

async function redeem(
  issuer: OddIssuer,
  { keys, grants }: { keys: Keys; grants: Map<string, Grant> },
  body: URLSearchParams,
): Promise<[body: object, status?: number]> {
  issuer.tokenRequests.push(body)
  const code = body.get('code') ?? ''
  const grant = grants.get(code)
  grants.delete(code)
  const verifier = body.get('code_verifier') ?? ''
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  if (!grant || challenge !== grant.challenge) return [{ error: 'invalid_grant' }, 400]
  const { idClaims, hasForeignKey, hasNoIdToken } = issuer.behavior
  const now = Math.floor(Date.now() / 1_000)
  const idToken = await new SignJWT({
    iss: issuer.url,
    aud: grant.clientId,
    sub: 'user-1',
    iat: now,
    exp: now + 300,
    nonce: grant.nonce,
    ...idClaims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'own' })
    .sign(hasForeignKey ? keys.foreign : keys.own)
  const accessToken = `canary-access-${randomUUID()}`
  issuer.issued.push(idToken, accessToken, verifier)
  const tokens = { access_token: accessToken, token_type: 'Bearer', expires_in: 300 }
  return [hasNoIdToken ? tokens : { ...tokens, id_token: idToken }]
}
