import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serveLocalModels, testModelServer, type ModelReply } from '@capstan/testkit/model-server'
import { listModels, type ListModelsSettings } from '../src/list-models.ts'

const never = (): AbortSignal => new AbortController().signal

async function list(
  reply: ModelReply,
  settings: Partial<ListModelsSettings> = {},
  at = '/v1/models',
) {
  const server = await testModelServer(({ path }) =>
    path.startsWith(at) ? reply : { status: 404, body: '404 page not found' },
  )
  const baseUrl = settings.wire === 'anthropic' ? server.url : `${server.url}/v1`
  return listModels({ wire: 'openai', baseUrl, timeoutMs: 5_000, ...settings }, never())
}

describe('listModels finds the models of a list', () => {
  test.each<[string, unknown, string[]]>([
    ['OpenAI', { object: 'list', data: [{ id: 'a', object: 'model' }, { id: 'b' }] }, ['a', 'b']],
    [
      'vLLM',
      { data: [{ id: 'Qwen/Qwen3-8B', root: '/models/q', parent: null }] },
      ['Qwen/Qwen3-8B'],
    ],
    ['Ollama', { object: 'list', data: [{ id: 'llama3.2:latest' }] }, ['llama3.2:latest']],
    ['Ollama without models', { object: 'list', data: null }, []],
    ['the own list of Ollama', { models: [{ name: 'a:latest', model: 'a:latest' }] }, ['a:latest']],
    [
      'llama.cpp',
      {
        models: [{ name: 'm.gguf', model: 'm.gguf', capabilities: ['completion'] }],
        object: 'list',
        data: [{ id: 'm.gguf', object: 'model', meta: { n_ctx: 4096 } }],
      },
      ['m.gguf'],
    ],
    [
      'Together',
      [
        { id: 'a', type: 'chat' },
        { id: 'b', type: 'embedding' },
      ],
      ['a'],
    ],
    ['a list of names', ['a', 'b'], ['a', 'b']],
    ['LiteLLM with patterns', { data: [{ id: 'openai/*' }, { id: 'gpt' }] }, ['gpt']],
    [
      'Mistral',
      {
        data: [
          { id: 'a', capabilities: { completion_chat: true } },
          { id: 'b', capabilities: { completion_chat: false } },
        ],
      },
      ['a'],
    ],
    [
      'OpenRouter',
      {
        data: [
          { id: 'x/a', architecture: { output_modalities: ['text'] } },
          { id: 'x/b', architecture: { output_modalities: ['image'] } },
        ],
      },
      ['x/a'],
    ],
    ['the same model twice', { data: [{ id: 'a' }, { id: 'a' }] }, ['a']],
    ['broken entries', { data: [null, 7, {}, { id: '' }, { id: 'a\u0007' }, { id: 'a' }] }, ['a']],
  ])('%s', async (_, body, models) => {
    expect(await list({ body })).toMatchObject({ outcome: 'listed', models })
  })

  test.each([
    'nomic-embed-text:latest',
    'text-embedding-3-small',
    'text-embedding-nomic-embed-text-v1.5',
    'mxbai-embed-large',
    'BAAI/bge-m3',
    'all-minilm:l6-v2',
    'intfloat/e5-mistral-7b-instruct',
    'bge-reranker-v2-m3',
    'whisper-1',
    'tts-1',
    'dall-e-3',
    'omni-moderation-latest',
  ])('the name %s is not listed as a text model', async (id) => {
    const body = { data: [{ id }, { id: 'llama3.2' }] }
    expect(await list({ body })).toEqual({ outcome: 'listed', models: ['llama3.2'], others: [id] })
  })

  test.each(['gemma3', 'qwen3-next', 'fluent-7b', 'e50', 'clipper'])(
    'the name %s is listed as a text model',
    async (id) => {
      expect(await list({ body: { data: [{ id }] } })).toMatchObject({ models: [id] })
    },
  )

  test('listModels requests one page of the list of an Anthropic-compatible gateway', async () => {
    const body = { data: [{ type: 'model', id: 'claude-x', display_name: 'X' }], has_more: false }
    expect(await list({ body }, { wire: 'anthropic' })).toMatchObject({ models: ['claude-x'] })
  })
})

describe('listModels classifies responses without a list', () => {
  test.each<[string, ModelReply, object]>([
    [
      'no such path',
      { status: 404, body: { detail: 'Not Found' } },
      { outcome: 'unlisted', detail: 'it answers 404' },
    ],
    [
      'no such method',
      { status: 405, body: '' },
      { outcome: 'unlisted', detail: 'it answers 405' },
    ],
    [
      'a web page',
      { body: '<!doctype html><p>Hi' },
      { outcome: 'unlisted', detail: 'it answers with a web page' },
    ],
    ['nothing', { body: '' }, { outcome: 'unlisted', detail: 'it answers `nothing`' }],
    ['another object', { body: { error: 'Unexpected endpoint' } }, { outcome: 'unlisted' }],
    [
      'no key',
      { status: 401, body: { error: 'Unauthorized' } },
      { outcome: 'refused', detail: '401' },
    ],
    ['a refused key', { status: 403, body: {} }, { outcome: 'refused', detail: '403' }],
    [
      'a server that starts',
      { status: 503, body: { error: 'Loading model' } },
      { outcome: 'unreachable' },
    ],
    ['a limit', { status: 429, body: {} }, { outcome: 'unreachable' }],
  ])('%s', async (_, reply, expected) => {
    expect(await list(reply)).toMatchObject(expected)
  })

  test('listModels reports a closed port with the error of the system', async () => {
    const server = await testModelServer(() => ({ body: '' }))
    await server.close()
    const settings = { wire: 'openai' as const, baseUrl: `${server.url}/v1`, timeoutMs: 5_000 }
    const found = await listModels(settings, never())
    expect(found).toMatchObject({ outcome: 'unreachable' })
    expect(JSON.stringify(found)).toContain(`connect ECONNREFUSED ${server.url.slice(7)}`)
  })

  test.each<[string, ModelReply]>([
    ['answers 404', { status: 404, body: '404 page not found' }],
    [
      'answers 200 to everything',
      { body: { error: 'Unexpected endpoint or method. (GET /models)' } },
    ],
    ['answers with a web page', { body: '<html>' }],
  ])('listModels suggests the base URL with /v1 for a server that %s', async (_, elsewhere) => {
    const server = await testModelServer(({ path }) =>
      path === '/v1/models' ? { body: { data: [{ id: 'a' }] } } : elsewhere,
    )
    const settings = { wire: 'openai' as const, baseUrl: server.url, timeoutMs: 5_000 }
    expect(await listModels(settings, never())).toMatchObject({
      outcome: 'unlisted',
      rightBaseUrl: `${server.url}/v1`,
    })
  })

  test('listModels does not follow a redirect and names its target', async () => {
    const elsewhere = await testModelServer(serveLocalModels(['a']))
    const redirecting = createServer((_request, response) => {
      response.writeHead(301, { location: `${elsewhere.url}/v1/models` }).end()
    }).listen(0, '127.0.0.1')
    await once(redirecting, 'listening')
    onTestFinished(() => void redirecting.close())
    const { port } = redirecting.address() as AddressInfo
    const baseUrl = `http://127.0.0.1:${port}/v1`
    expect(await listModels({ wire: 'openai', baseUrl, timeoutMs: 5_000 }, never())).toEqual({
      outcome: 'unlisted',
      detail: `${baseUrl}/models redirects to ${elsewhere.url}/v1/models`,
    })
    expect(elsewhere.requests).toEqual([])
  })

  test('listModels reports a server without a response', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => {
      silent.closeAllConnections()
      silent.close()
    })
    const { port } = silent.address() as AddressInfo
    const baseUrl = `http://127.0.0.1:${port}/v1`
    expect(await listModels({ wire: 'openai', baseUrl, timeoutMs: 200 }, never())).toEqual({
      outcome: 'unreachable',
      detail: 'The provider did not answer within 200 ms',
    })
  })

  test('listModels redacts the key in the text of an endpoint', async () => {
    const apiKey = 'canary-0123456789'
    const found = await list({ body: { error: `no ${apiKey}` } }, { apiKey })
    expect(found).toMatchObject({ outcome: 'unlisted' })
    expect(JSON.stringify(found)).not.toContain(apiKey)
  })
})
