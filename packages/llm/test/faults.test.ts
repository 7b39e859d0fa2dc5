import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readFaultRows } from './read-fault-rows.ts'
import { scriptedServer } from './scripted-server.ts'
import { catchItemError, KEY, WIRES } from './wires.ts'

const MIB = 1024 * 1024
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe.each(WIRES)('%s', (wire, ask) => {
  describe.each(readFaultRows())('%s', (_meaning, rows) => {
    test.each(rows)('$title', async ({ expected, ...sent }) => {
      const { url, paths } = await scriptedServer(sent)
      const failure = await catchItemError(ask(url))
      expect(failure).toMatchObject(expected)
      expect(failure.message).not.toMatch(/undefined|\[object|TypeError|user:pw|key=x/)
      expect(failure.hint ?? '').not.toMatch(/undefined|user:pw|key=x/)
      expect(failure.until !== undefined).toBe(failure.kind === 'daily_quota')
      expect(paths).toHaveLength(1)
    })
  })

  test.each([
    ['an answer', 200, `{"choices":${nested(100_000)}}`],
    ['a list', 200, nested(100_000)],
    ['an error in an answer', 200, `{"error":${nested(100_000)}}`],
    ['a short error', 400, `{"error":${nested(20_000)}}`],
    ['an error', 400, `{"error":${nested(100_000)}}`],
    ['an error of the server', 500, `{"message":${nested(100_000)}}`],
  ])('%s with deep nesting is classified as a provider fault', async (_title, status, body) => {
    const { url } = await scriptedServer({ status, body })
    expect(await catchItemError(ask(url))).toMatchObject({ reason: 'provider_error' })
  })

  test('an answer beyond the size limit fails the type after one call', async () => {
    const bytes = (wire === 'embeddings' ? 33 : 5) * MIB
    const body = gzipSync(`{"choices":"${' '.repeat(bytes)}"}`)
    const { url, paths } = await scriptedServer({ headers: { 'content-encoding': 'gzip' }, body })
    const failure = await catchItemError(ask(url))
    expect(failure).toMatchObject({
      kind: 'answer_too_large',
      reason: 'invalid_output',
      policy: 'fail',
    })
    expect(paths).toHaveLength(1)
  })

  test('an error body beyond the size limit is classified by its start', async () => {
    const body = `{"error":{"message":"${'x'.repeat(5 * MIB)}"}}`
    const { url } = await scriptedServer({ status: 401, body })
    expect(await catchItemError(ask(url))).toMatchObject({ reason: 'provider_auth' })
  })

  test('a redirect is not followed, and the error names its target without credentials', async () => {
    const target = await scriptedServer({ body: {} })
    const location = `${target.url.replace('http://', 'http://user:secret@')}/v1?token=secret`
    const { url } = await scriptedServer({ status: 308, headers: { location } })
    const failure = await catchItemError(ask(url))
    expect(target.paths).toEqual([])
    expect(`${failure.message} ${failure.hint}`).toContain(`${target.url}/v1`)
    expect(`${failure.message} ${failure.hint}`).not.toContain('secret')
  })

  test('JSON with the content type text is read', async () => {
    const headers = { 'content-type': 'text/plain' }
    const body = `\uFEFF{"error":{"code":"401","message":"no"}}`
    const { url } = await scriptedServer({ headers, body })
    expect(await catchItemError(ask(url))).toMatchObject({ kind: 'key_refused' })
  })

  test.each([
    ['its body', { status: 400, body: { error: { message: `wrong: ${KEY}` } } }],
    ['a body in a 200', { body: { error: `wrong: ${KEY}` } }],
    ['a code', { status: 401, body: { code: KEY, message: `Bearer ${KEY}` } }],
    ['a page', { status: 404, body: `<html><title>${KEY}</title>${KEY}</html>` }],
    ['a target', { status: 301, headers: { location: `https://a.example/${KEY}?k=${KEY}` } }],
  ])('a key that the provider repeats in %s is redacted', async (_title, sent) => {
    const { url } = await scriptedServer(sent)
    const failure = await catchItemError(ask(`${url}/${KEY}`))
    expect(JSON.stringify(failure.toProblem()) + failure.message).not.toContain(KEY)
  })

  test('an error for a wrong path names the setting to check and the request URL', async () => {
    const { url } = await scriptedServer({ status: 404, body: { detail: 'Not Found' } })
    const failure = await catchItemError(ask(`${url}/api`))
    const shown = `${failure.message} ${failure.hint}`
    expect(shown).toMatch(/(OPENAI_BASE_URL|ANTHROPIC_BASE_URL|EMBEDDINGS_URL)/)
    expect(shown).toContain(wire === 'anthropic' ? 'its path' : 'it usually ends in /v1')
    expect(shown).toContain(`${url}/api/`)
  })

  test('credentials in the base URL, which fetch rejects, are not shown', async () => {
    const failure = await catchItemError(ask('http://me:secret@127.0.0.1:9'))
    expect(failure).toMatchObject({ kind: 'unreachable', policy: 'retry' })
    expect(`${failure.message} ${failure.hint}`).not.toContain('secret')
  })

  test('an error names /v1 that occurs twice in the path', async () => {
    const { url } = await scriptedServer({ status: 404, body: { detail: 'Not Found' } })
    const failure = await catchItemError(ask(`${url}/v1/v1`))
    expect(failure.hint ?? failure.message).toContain('it has /v1 twice')
  })

  test('a closed port is classified as unreachable', async () => {
    const failure = await catchItemError(ask('http://127.0.0.1:9'))
    expect(failure).toMatchObject({
      kind: 'unreachable',
      reason: 'provider_error',
      policy: 'retry',
    })
    expect(`${failure.message} ${failure.hint}`).toContain('http://127.0.0.1:9/')
  })

  test('an unresolvable host is classified as unreachable', async () => {
    const failure = await catchItemError(ask('http://no-such-host.invalid'))
    expect(failure).toMatchObject({ kind: 'unreachable', policy: 'retry' })
  })

  test('a server without TLS at an https:// URL is classified as wrong_protocol', async () => {
    const { url } = await scriptedServer({ body: {} })
    const failure = await catchItemError(ask(url.replace('http://', 'https://')))
    expect(failure).toMatchObject({ kind: 'wrong_protocol', policy: 'retry' })
    expect(failure.hint ?? failure.message).toContain('http:// against https://')
  })

  test('a server without HTTP is classified as wrong_protocol', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end('SSH-2.0-OpenSSH_9.6\r\n')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    const failure = await catchItemError(ask(`http://127.0.0.1:${port}`))
    expect(failure).toMatchObject({ kind: 'wrong_protocol', policy: 'retry' })
  })
})

test.each([
  ['scripts without an end', `<html>${'<script '.repeat(400_000)}`],
  ['titles without an end', `<html>${'<title '.repeat(400_000)}`],
  ['events without data', 'data:\n'.repeat(400_000)],
  ['a text of nothing but keys', 'api key '.repeat(400_000)],
  ['an error of many members', `{"error":{${'"a":{},'.repeat(400_000)}"b":1}}`],
  ['a list of many errors', `{"errors":[${'{"message":"x"},'.repeat(200_000)}{}]}`],
])('reading %s takes bounded time', async (_title, body) => {
  const { url } = await scriptedServer({ body })
  const [[, ask] = []] = WIRES
  expect(await catchItemError(ask?.(url) ?? Promise.resolve())).toMatchObject({
    reason: expect.stringMatching(/provider_/) as string,
  })
})
