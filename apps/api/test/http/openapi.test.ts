import { expect, test } from 'vitest'
import { z } from 'zod'
import { startRig } from '../support/api-rig.ts'
import { routeTable } from '../support/route-table.ts'

const Operation = z.looseObject({
  operationId: z.string().regex(/^[a-z]+(?:[A-Z][a-z]+)+$/),
  summary: z.string().min(5),
  tags: z.array(z.string()).length(1),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
})
const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
})

/** Pages and files that are described elsewhere. */
const UNDOCUMENTED = /^\/(?:$|docs|queues|ui|openapi\.json|metrics)/

test('every route of the API is documented with a summary, responses and problems', async () => {
  const rig = await startRig()
  const document = Document.parse(await (await rig.ask('/openapi.json')).json())
  expect(document.openapi).toBe('3.1.0')
  const routes = routeTable(rig.app).filter(
    ({ method, pattern }) => method !== 'HEAD' && !UNDOCUMENTED.test(pattern),
  )
  expect(routes.length).toBeGreaterThan(25)
  for (const { method, pattern } of routes) {
    const path = pattern.replaceAll(/:(\w+)/g, '{$1}')
    const operation = document.paths[path]?.[method.toLowerCase()]
    expect(operation, `${method} ${path}`).toBeDefined()
    const codes = Object.keys(operation?.responses ?? {})
    expect(codes, `${method} ${path}`).toEqual(expect.arrayContaining(['4XX', '5XX']))
    expect(codes.some((code) => code.startsWith('2'))).toBe(true)
  }
})

test('each operation has an operationId of its own', async () => {
  const rig = await startRig({ compat: 'dot-ai' })
  const { paths } = Document.parse(await (await rig.ask('/openapi.json')).json())
  const ids = Object.values(paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(ids.length).toBeGreaterThan(50)
  expect(new Set(ids).size).toBe(ids.length)
})

test('the document lists the request headers of each operation', async () => {
  const rig = await startRig()
  const { paths } = Document.parse(await (await rig.ask('/openapi.json')).json())
  const own: Record<string, string[]> = {}
  for (const { operationId, parameters } of Object.values(paths).flatMap((path) =>
    Object.values(path),
  )) {
    const headers = parameters.filter((one) => one.in === 'header').map(({ name }) => name)
    expect(headers, operationId).toContain('X-Request-Id')
    if (headers.length > 1) own[operationId] = headers.filter((name) => name !== 'X-Request-Id')
  }
  expect(own).toEqual({
    startScan: ['Idempotency-Key', 'Prefer'],
    getScan: ['Prefer', 'If-None-Match'],
    getCapability: ['If-None-Match'],
    streamEvents: ['Last-Event-ID'],
    streamScanEvents: ['Last-Event-ID'],
  })
})

test('every reference in the document resolves', async () => {
  const rig = await startRig()
  const text = await (await rig.ask('/openapi.json')).text()
  const { components } = Document.parse(JSON.parse(text))
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(20)
  for (const [, name = ''] of references) expect(components.schemas).toHaveProperty(name)
})

test('only the page at /docs may run an inline script', async () => {
  const rig = await startRig()
  const docs = await rig.ask('/docs/')
  expect(docs.headers.get('content-security-policy')).toContain("script-src 'self' 'unsafe-inline'")
  const html = await docs.text()
  expect(html).toContain('/openapi.json')
  expect(html).not.toContain('https://cdn')
  expect((await rig.ask('/docs/js/scalar.js')).status).toBe(200)
  const board = await rig.ask('/queues')
  expect(board.headers.get('content-security-policy')).toMatch(/script-src 'self'(?:;|$)/)
})
