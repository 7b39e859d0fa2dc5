import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { makeCapability } from '@capstan/testkit/make-capability'
import { startRig } from '../support/api-rig.ts'

const IMPORT = '/api/v1/capabilities/import'
const deep = (open: string, shut: string, depth: number): string =>
  open.repeat(depth) + shut.repeat(depth)
/** The deepest nesting that fits into a body. */
const LISTS = deep('[', ']', 100_000)
const OBJECTS = `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`

const row = (members: string): string =>
  JSON.stringify(makeCapability()).replace(/\}$/, `,${members}}`)

describe.each([
  ['a row that is nothing else', LISTS],
  ['a row of objects', OBJECTS],
  ['a list of texts', row(`"capabilities":${LISTS}`)],
  ['a member that no row has', row(`"more":${OBJECTS}`)],
  ['a member of the provenance', row(`"provenance":${LISTS}`)],
])('%s with deep nesting', (_title, sent) => {
  test.each([
    ['NDJSON', 'application/x-ndjson', sent, 'line 1: row: is nested too deeply'],
    ['a JSON list', 'application/json', `[${sent}]`, 'row: is nested too deeply'],
  ])('is refused by an import of %s', async (_form, type, body, detail) => {
    const rig = await startRig()
    const headers = { 'content-type': type }
    const refused = await rig.ask(IMPORT, { method: 'POST', body, headers })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({
      code: 'VALIDATION',
      errors: [{ pointer: '#/0', detail }],
    })
  })
})

const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
const WithBody = z.object({ requestBody: z.unknown() })

/** Operations with a body, and the names of all members in it. */
function listOperations(document: unknown) {
  const all = Object.entries(Document.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  return all.flatMap(({ path, method, operation }) => {
    const body = JSON.stringify(WithBody.safeParse(operation).data?.requestBody)
    if (body === undefined) return []
    const members = [...new Set([...body.matchAll(/"(\w+)":\{/g)].map(([, name]) => name))]
    return [{ path: path.replaceAll(/\{\w+\}/g, 'x'), method: method.toUpperCase(), members }]
  })
}

test('every operation with a body rejects deeply nested JSON without a server error', async () => {
  const rig = await startRig()
  const operations = listOperations(await (await rig.ask('/openapi.json')).json())
  expect(operations.length).toBeGreaterThan(3)
  for (const { path, method, members } of operations) {
    const bodies = [LISTS, OBJECTS, ...members.map((name) => `{"${name}":${LISTS}}`)]
    for (const body of bodies) {
      const headers = { 'content-type': 'application/json' }
      const { status } = await rig.ask(path, { method, body, headers })
      expect(status, `${method} ${path} ${body.slice(0, 30)}`).toBeLessThan(500)
    }
  }
})
