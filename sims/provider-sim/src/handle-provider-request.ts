import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { findBatchRoute, handleBatch } from './batches/handle-batch.ts'
import { handleCall } from './call/handle-call.ts'
import type { SimState } from './call/sim-state.ts'
import { handleList, detectVendor } from './lists/handle-list.ts'
import { anthropicMessages } from './wires/anthropic-messages.ts'
import { openAiChat } from './wires/openai-chat.ts'
import { openAiEmbeddings } from './wires/openai-embeddings.ts'
import { openAiResponses } from './wires/openai-responses.ts'
import { readKey } from './wires/wire.ts'

const WIRES = new Map(
  [anthropicMessages, openAiChat, openAiResponses, openAiEmbeddings].map((wire) => [
    wire.path,
    wire,
  ]),
)

/** Handles one request to the simulated provider. */
export async function handleProviderRequest(
  state: SimState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator')
  const requestId = randomBytes(12).toString('hex')
  const wire = request.method === 'POST' ? WIRES.get(url.pathname) : undefined
  if (wire) {
    await handleCall({ state, wire, request, response, requestId })
    return
  }
  const batch = findBatchRoute(request, url)
  if (batch) {
    await handleBatch({ state, request, response, url, requestId }, batch)
    return
  }
  const { status, body } = await answerList({ state, request, url, requestId })
  response.writeHead(status, {
    'content-type': 'application/json',
    ...detectVendor(request, url).headers(requestId, [], Date.now()),
  })
  response.end(JSON.stringify(body))
}

interface Listing {
  state: SimState
  request: IncomingMessage
  url: URL
  requestId: string
}

async function answerList({ state, request, url, requestId }: Listing) {
  const vendor = detectVendor(request, url)
  const text = await readText(request)
  if (state.accounts.findName(readKey(request.headers)) === undefined) {
    return vendor.error('auth', { requestId })
  }
  try {
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    const answer = handleList({ state, vendor, request, url, body })
    return answer === undefined
      ? vendor.error('not-found', { requestId, message: `no such thing: ${url.pathname}` })
      : { status: 200, body: answer }
  } catch {
    return vendor.error('invalid', { requestId })
  }
}
