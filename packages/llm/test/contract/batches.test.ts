import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { toFile } from 'openai'
import { describe, expect, test } from 'vitest'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import type { ExactShape } from './exact-shape.ts'

// Checks the batch endpoints of the simulator against the types and behavior of the real SDKs.

const KEY = 'sk-contract-0123456789'
const FOREVER = { processingMs: 600_000 }
const text = expect.any(String)
const count = expect.any(Number)
const ask = (kind: string) => ({
  model: 'm',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: `${kind} (batch/v1, namespaced)` }],
})

type Config = Parameters<typeof testProviderSim>[0]

describe('Anthropic', () => {
  async function open(config: Config = {}) {
    const sim = await testProviderSim(config)
    const client = new Anthropic({ apiKey: KEY, baseURL: sim.url, maxRetries: 0 })
    const create = (...kinds: string[]) =>
      client.messages.batches.create({
        requests: kinds.map((kind) => ({ custom_id: `c-${kind}`, params: ask(kind) })),
      })
    return { sim, client, batches: client.messages.batches, create }
  }

  async function collectResults(client: Anthropic, id: string) {
    const lines: Anthropic.Messages.MessageBatchIndividualResponse[] = []
    for await (const line of await client.messages.batches.results(id)) lines.push(line)
    return new Map(lines.map(({ custom_id, result }) => [custom_id, result]))
  }

  test('a simulated Anthropic batch has every member of the SDK type, while running and after its end', async () => {
    const { batches, create } = await open({ batches: FOREVER })
    const running = {
      id: expect.stringMatching(/^msgbatch_/),
      type: 'message_batch',
      processing_status: 'in_progress',
      request_counts: {
        processing: 2,
        succeeded: 0,
        errored: 0,
        canceled: 0,
        expired: 0,
      } satisfies ExactShape<Anthropic.Messages.MessageBatchRequestCounts>,
      created_at: text,
      expires_at: text,
      ended_at: null,
      archived_at: null,
      cancel_initiated_at: null,
      results_url: null,
    } satisfies ExactShape<Anthropic.Messages.MessageBatch>
    const batch = await create('A', 'B')
    expect(batch).toEqual(running)
    expect(await batches.retrieve(batch.id)).toEqual(running)
    await expect(batches.results(batch.id)).rejects.toThrow(/results_url/)
  })

  test('each Anthropic batch answer has its id, at half the price', async () => {
    const { sim, client, create } = await open()
    const { id } = await create('A', 'B', 'C')
    const results = await collectResults(client, id)
    expect([...results.keys()].toSorted()).toEqual(['c-A', 'c-B', 'c-C'])
    const one = results.get('c-A')
    if (one?.type !== 'succeeded') throw new Error('not answered')
    expect(one.message).toMatchObject({ type: 'message', usage: { service_tier: 'batch' } })
    await client.messages.create(ask('A'))
    const [batched, alone] = [0, 3].map((index) => sim.calls()[index]?.costUsd ?? 0)
    expect(batched).toBeCloseTo((alone ?? 0) / 2, 10)
  })

  test('a failed request of an Anthropic batch does not affect the others', async () => {
    const { client, create } = await open({
      faults: [{ kind: 'overloaded', matching: 'B (' }],
    })
    const results = await collectResults(client, (await create('A', 'B')).id)
    expect(results.get('c-A')?.type).toBe('succeeded')
    expect(results.get('c-B')).toMatchObject({
      type: 'errored',
      error: { type: 'error', error: { type: 'overloaded_error' } },
    })
  })

  test('unanswered requests of an expired or canceled Anthropic batch are free', async () => {
    const expiring = await open({ batches: { processingMs: 1_000, expiresMs: 1 }, timeScale: 1000 })
    const { id } = await expiring.create('A', 'B')
    await expect
      .poll(async () => (await expiring.batches.retrieve(id)).processing_status)
      .toBe('ended')
    const expired = await collectResults(expiring.client, id)
    expect([...expired.values()]).toEqual([{ type: 'expired' }, { type: 'expired' }])
    const canceling = await open({ batches: FOREVER })
    const batch = await canceling.create('A')
    expect(await canceling.batches.cancel(batch.id)).toMatchObject({
      processing_status: 'canceling',
      cancel_initiated_at: text,
    })
    expect(await canceling.batches.retrieve(batch.id)).toMatchObject({
      processing_status: 'ended',
      request_counts: { canceled: 1 },
    })
    expect([...(await collectResults(canceling.client, batch.id)).values()]).toEqual([
      { type: 'canceled' },
    ])
    expect(canceling.sim.stats().calls + expiring.sim.stats().calls).toBe(0)
  })

  test('the Anthropic batch list is paged, newest first, without other accounts', async () => {
    const { sim, batches, create } = await open()
    const ids = []
    for (const kind of ['A', 'B', 'C']) ids.push((await create(kind)).id)
    const listed = []
    for await (const batch of batches.list({ limit: 2 })) listed.push(batch.id)
    expect(listed).toEqual(ids.toReversed())
    const other = new Anthropic({ apiKey: 'sk-other', baseURL: sim.url, maxRetries: 0 })
    expect((await other.messages.batches.list()).data).toEqual([])
    await expect(other.messages.batches.retrieve(ids[0] ?? '')).rejects.toThrow(
      Anthropic.NotFoundError,
    )
  })

  test('an Anthropic batch with a lost response exists, a rejected one does not', async () => {
    const { batches, create } = await open({
      batches: {
        faults: [
          { kind: 'reset', matching: 'create', times: 1 },
          { kind: 'rate-limited', matching: 'create', times: 1 },
        ],
      },
    })
    await expect(create('A')).rejects.toThrow(Anthropic.APIConnectionError)
    await expect(create('B')).rejects.toThrow(Anthropic.RateLimitError)
    expect((await batches.list()).data).toHaveLength(1)
  })

  test('an Anthropic batch with a duplicate request id is rejected', async () => {
    const { create } = await open()
    await expect(create('A', 'A')).rejects.toThrow(Anthropic.BadRequestError)
  })
})

describe('OpenAI', () => {
  async function open(config: Config = {}) {
    const sim = await testProviderSim(config)
    const client = new OpenAI({ apiKey: KEY, baseURL: `${sim.url}/v1`, maxRetries: 0 })
    const upload = async (...kinds: string[]) => {
      const lines = kinds.map((kind) => ({
        custom_id: `c-${kind}`,
        method: 'POST',
        url: '/v1/chat/completions',
        body: ask(kind),
      }))
      const body = lines.map((line) => JSON.stringify(line)).join('\n')
      const file = await toFile(Buffer.from(body), 'in.jsonl')
      return client.files.create({ file, purpose: 'batch' })
    }
    const create = async (...kinds: string[]) =>
      client.batches.create({
        input_file_id: (await upload(...kinds)).id,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
        metadata: { name: kinds.join(' ') },
      })
    return { sim, client, upload, create }
  }

  async function readFileLines(client: OpenAI, file: string | undefined) {
    const body = await (await client.files.content(file ?? '')).text()
    return body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  test('a simulated OpenAI file and batch have every member of the SDK types', async () => {
    const { client, upload, create } = await open({ batches: FOREVER })
    expect(await upload('A')).toMatchObject({
      id: expect.stringMatching(/^file-/),
      object: 'file',
      bytes: count,
      created_at: count,
      filename: 'in.jsonl',
      purpose: 'batch',
      status: 'processed',
    } satisfies ExactShape<OpenAI.FileObject>)
    const batch = await create('A', 'B')
    const running = {
      id: expect.stringMatching(/^batch_/),
      object: 'batch',
      endpoint: '/v1/chat/completions',
      input_file_id: text,
      completion_window: '24h',
      status: 'in_progress',
      created_at: count,
      metadata: { name: 'A B' },
      request_counts: { total: 2, completed: 0, failed: 0 },
    } satisfies ExactShape<OpenAI.Batch>
    expect(batch).toMatchObject(running)
    expect(await client.batches.retrieve(batch.id)).toMatchObject(running)
  })

  test('an OpenAI batch has separate files for answers and errors', async () => {
    const { client, create } = await open({
      faults: [{ kind: 'server-error', matching: 'B (' }],
    })
    const batch = await create('A', 'B')
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 2, completed: 1, failed: 1 },
    })
    expect(await readFileLines(client, batch.output_file_id)).toMatchObject([
      { custom_id: 'c-A', error: null, response: { status_code: 200, body: { choices: [{}] } } },
    ])
    expect(await readFileLines(client, batch.error_file_id)).toMatchObject([
      { custom_id: 'c-B', response: { status_code: 500, body: { error: { message: text } } } },
    ])
  })

  test('a canceled OpenAI batch reports each unanswered request as canceled', async () => {
    const { sim, client, create } = await open({ batches: FOREVER })
    const { id } = await create('A')
    expect(['cancelling', 'cancelled']).toContain((await client.batches.cancel(id)).status)
    const batch = await client.batches.retrieve(id)
    expect(batch.status).toBe('cancelled')
    expect(await readFileLines(client, batch.error_file_id)).toMatchObject([
      { custom_id: 'c-A', response: null, error: { code: 'batch_cancelled' } },
    ])
    expect(sim.stats().calls).toBe(0)
  })

  test('the OpenAI batch list has the metadata of the batches, newest first', async () => {
    const { client, create } = await open()
    for (const kind of ['A', 'B', 'C']) await create(kind)
    const names = []
    for await (const { metadata } of client.batches.list({ limit: 2 }))
      names.push(metadata?.['name'])
    expect(names).toEqual(['C', 'B', 'A'])
  })

  test('an OpenAI batch of a file with another purpose is rejected', async () => {
    const { client } = await open()
    await expect(
      client.batches.create({
        input_file_id: 'file-none',
        endpoint: '/v1/responses',
        completion_window: '24h',
      }),
    ).rejects.toThrow(OpenAI.BadRequestError)
  })
})
