import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { BatchAnswer, BatchModel } from '@capstan/shared/inference/batch-types'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import { openModels } from '../src/open-models.ts'
import { readFaultRows } from './read-fault-rows.ts'
import { scriptedServer, type Scripted } from './scripted-server.ts'
import { catchItemError, KEY } from './wires.ts'

const MIB = 1024 * 1024
const never = (): AbortSignal => new AbortController().signal
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

/** Writers of a result line per API. */
interface Wire {
  open: (url: string, timeoutMs?: number) => Promise<BatchModel | undefined>
  good: (id: string) => string
  /** Writes the line of a response with this status and body. */
  line: (id: string, body: string, status?: number) => string
}

const WIRES: [string, Wire][] = [
  [
    'anthropic',
    {
      open: async (url, timeoutMs) =>
        (await openModels({ anthropic: { apiKey: KEY, baseUrl: url }, timeoutMs })).batches(
          'anthropic',
          'm',
        ),
      good: (id) =>
        `{"custom_id":"${id}","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}}}`,
      line: (id, body, status = 200) =>
        status < 400
          ? `{"custom_id":"${id}","result":{"type":"succeeded","message":${body}}}`
          : `{"custom_id":"${id}","result":{"type":"errored","error":${body}}}`,
    },
  ],
  [
    'openai',
    {
      open: async (url, timeoutMs) =>
        (await openModels({ openai: { apiKey: KEY, baseUrl: url }, timeoutMs })).batches(
          'openai',
          'm',
        ),
      good: (id) =>
        `{"custom_id":"${id}","response":{"status_code":200,"body":{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}}}`,
      line: (id, body, status = 200) =>
        `{"custom_id":"${id}","response":{"status_code":${status},"body":${body}}}`,
    },
  ],
]

function results(lines: string): (path: string) => Scripted {
  return (path) => {
    if (/\/(?:results|content)(?:\?|$)/.test(path)) return { body: lines }
    return {
      body: {
        id: 'b',
        status: 'completed',
        processing_status: 'ended',
        output_file_id: 'f',
        results_url: 'http://127.0.0.1:9/v1/other',
      },
    }
  }
}

async function collect(model: BatchModel | undefined): Promise<Map<string, BatchAnswer>> {
  const answers = new Map<string, BatchAnswer>()
  for await (const answer of model?.answers('b', never()) ?? []) answers.set(answer.id, answer)
  return answers
}

describe.each(WIRES)('%s', (_wire, { open, good, line }) => {
  const read = async (...lines: string[]) => {
    const script = results(lines.join('\n'))
    const { url } = await scriptedServer((request) => script(request.url ?? ''))
    return collect(await open(url))
  }

  test('batch results are downloaded from the base URL, not from the URL in the batch', async () => {
    expect([...(await read(good('one-a'), good('one-b'))).keys()]).toEqual(['one-a', 'one-b'])
  })

  test.each([
    ['is nested deeply', line('one-b', `{"choices":${nested(100_000)}}`), 'provider_error'],
    ['has a deep error', line('one-b', `{"error":${nested(100_000)}}`, 400), 'provider_error'],
    ['is longer than an answer', line('one-b', `"${'x'.repeat(5 * MIB)}"`), 'invalid_output'],
    ['breaks off', '{"custom_id":"one-b","result":{"type":', 'provider_error'],
    ['has no answer', line('one-b', '{}'), 'provider_error'],
    ['has null as its answer', line('one-b', 'null'), 'provider_error'],
    ['has a web page as its answer', line('one-b', '"<html></html>"'), 'provider_error'],
    ['has a refused key in its answer', line('one-b', '{"error":{"code":401}}'), 'provider_auth'],
    ['has an empty answer', line('one-b', '{"choices":[]}'), 'provider_error'],
  ])('a batch result line that %s fails only its own question', async (_title, sent, reason) => {
    const answers = await read(good('one-a'), sent, good('one-c'))
    expect(answers.get('one-a')?.outcome).toBe('answered')
    expect(answers.get('one-c')?.outcome).toBe('answered')
    expect(answers.get('one-b')).toMatchObject({ outcome: 'failed', error: { reason } })
  })

  test.each([
    ['is no JSON', 'Internal Server Error'],
    ['is JSON of another form', '[1, 2]'],
    ['names no question', '{"custom_id": 7}'],
    ['is empty', '   '],
  ])('a batch result line that %s is skipped, and the others are read', async (_title, sent) => {
    const answers = await read(good('one-a'), sent, good('one-c'))
    expect([...answers.keys()]).toEqual(['one-a', 'one-c'])
  })

  test('batch answers arrive while the result file is still being sent', async () => {
    const first = Promise.withResolvers<void>()
    const server = createServer((request, response) => {
      request.resume()
      const { body } = results('')(request.url ?? '')
      if (typeof body !== 'string') {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(body))
        return
      }
      response.write(`${good('one-a')}\n`)
      void first.promise.then(() => response.end(good('one-b')))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    const seen: string[] = []
    for await (const { id } of (await open(`http://127.0.0.1:${port}`))?.answers('b', never()) ??
      []) {
      seen.push(id)
      first.resolve()
    }
    expect(seen).toEqual(['one-a', 'one-b'])
  })

  test('a stalled result file yields its received answers, then a timeout', async () => {
    const server = createServer((request, response) => {
      request.resume()
      const { body } = results('')(request.url ?? '')
      if (typeof body === 'string') {
        response.write(`${good('one-a')}\n`)
        return
      }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    const seen: string[] = []
    const reading = async (): Promise<void> => {
      const model = await open(`http://127.0.0.1:${port}`, 400)
      for await (const { id } of model?.answers('b', never()) ?? []) seen.push(id)
    }
    expect(await catchItemError(reading())).toMatchObject({ reason: 'timeout', policy: 'retry' })
    expect(seen).toEqual(['one-a'])
  })

  const rows = readFaultRows().flatMap(([meaning, all]) =>
    all
      .filter(({ status = 200, body }) => status >= 400 && typeof body === 'object')
      .map((row) => ({ ...row, meaning })),
  )
  const question = { id: 'one-a', question: buildQuestion({ outline: 'A (example.com/v1)' }) }

  test.each(rows)(
    'a batch submission that gets $meaning of $title is classified as that',
    async (row) => {
      const { expected, title: _title, meaning: _meaning, ...sent } = row
      const { url } = await scriptedServer(sent)
      const failure = await catchItemError(need(await open(url)).submit('one', [question], never()))
      const { reason, policy } = expected
      expect(failure).toMatchObject({ reason, policy })
    },
  )

  test.each([
    ['a string', { error: 'Invalid API key' }, 'provider_auth'],
    ['a code', { error: { code: 402, message: 'no' } }, 'quota_exhausted'],
    ['a web page', '<html></html>', 'provider_error'],
  ])(
    'an error with status 200 that is %s fails every batch request',
    async (_title, body, reason) => {
      const { url } = await scriptedServer({ body })
      const model = need(await open(url))
      const search = model.find('one', { sinceMs: 0, known: [] }, never())
      expect(await catchItemError(search)).toMatchObject({ reason })
      expect(await catchItemError(model.state('b', never()))).toMatchObject({ reason })
      expect(await catchItemError(model.submit('one', [question], never()))).toMatchObject({
        reason,
      })
    },
  )

  test('a batch without an id is classified as a provider fault', async () => {
    const { url } = await scriptedServer({ body: {} })
    const submission = need(await open(url)).submit('one', [question], never())
    expect(await catchItemError(submission)).toMatchObject({ reason: 'provider_error' })
  })
})

function need(model: BatchModel | undefined): BatchModel {
  if (!model) throw new Error('no batch API')
  return model
}
