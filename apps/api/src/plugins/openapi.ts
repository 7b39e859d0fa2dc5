import swagger from '@fastify/swagger'
import scalar from '@scalar/fastify-api-reference'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Capability } from '@capstan/shared/contract/capability'
import { Problem } from '@capstan/shared/contract/problem'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { SCOPE_BY_ROLE } from '@capstan/shared/contract/login/role'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { Schedule } from '@capstan/shared/contract/scan/schedule'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { Webhook } from '@capstan/shared/contract/webhook'
import { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { isRecord } from '@capstan/shared/json/is-record'
import type { App } from '../app-types.ts'
import type { LinkSettings } from '../links/find-prefix.ts'
import { SERVER_VERSION } from '../version.ts'
import { documentHeaders } from './document-headers.ts'

const NAMED = {
  Capability,
  Problem,
  Scan,
  ScanItem,
  ScanPlan,
  Schedule,
  StartedScan,
  ScanRequest,
  Webhook,
  WorkerStatus,
}

/** The page starts Scalar with an inline script, so it has a policy of its own. */
const DOCS_CSP = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join(';')

/**
 * Collects the schemas of all routes that are added afterwards, for /openapi.json and /docs. The server URL of the
 * document is the public URL, or the path prefix of the request.
 */
export async function installOpenApi(app: App, { publicUrl }: LinkSettings = {}): Promise<void> {
  for (const [id, schema] of Object.entries(NAMED)) {
    if (!z.globalRegistry.has(schema)) z.globalRegistry.add(schema, { id })
  }
  addProblems(app)
  addSecurity(app)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Capstan',
        version: SERVER_VERSION,
        description:
          'Scans the resource types of a Kubernetes cluster and infers their capabilities. Every error is a problem document (RFC 9457).',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-capstan' },
        },
      },
    },
    transform: documentHeaders(jsonSchemaTransform),
    transformObject: jsonSchemaTransformObject,
  })
  app.get('/openapi.json', { schema: { hide: true } }, (request) => {
    const url = publicUrl?.replace(/\/+$/, '') ?? (app.findPrefix(request.raw) || '/')
    return { ...app.swagger(), servers: [{ url }] }
  })
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      void reply.header('content-security-policy', DOCS_CSP)
    })
    await scope.register(scalar, {
      routePrefix: '/docs',
      configuration: {
        // Relative to the page, so that it works with any prefix.
        url: '../openapi.json',
        withDefaultFonts: false,
        telemetry: false,
        // Features that would call services of the vendor stay off: the page works offline and sends no data.
        showDeveloperTools: 'never',
        agent: { disabled: true },
        mcp: { disabled: true },
        hideClientButton: true,
      },
    })
  })
}

/** Documents the role of every route, as the scope of a token. */
function addSecurity(app: App): void {
  app.addHook('onRoute', ({ schema, config }) => {
    const { access = 'admin' } = config ?? {}
    if (!schema) return
    const scopes = access === 'open' ? [] : [SCOPE_BY_ROLE[access]]
    schema.security = access === 'open' ? [] : [{ token: scopes }, { session: scopes }]
  })
}

/** Adds the problem responses to every documented route. */
function addProblems(app: App): void {
  const content = { 'application/problem+json': { schema: Problem } }
  app.addHook('onRoute', (route) => {
    const { schema } = route
    if (!schema || ('hide' in schema && schema.hide === true)) return
    schema.response = {
      ...(isRecord(schema.response) ? schema.response : {}),
      '4xx': { description: 'The request is invalid.', content },
      '5xx': { description: 'The server or a dependency failed.', content },
    }
  })
}
