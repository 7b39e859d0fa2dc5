import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Question } from '@capstan/shared/inference/types'
import { listeningPort } from '@capstan/shared/http/listening-port'
import { openModels } from './open-models.ts'

const TIMEOUT_MS = 2_000
const NOT_A_KEY = 'warm-up'

/**
 * Makes a call through the SDK of a provider to a local server that answers 503. The first call of a process takes 50 ms of CPU
 * time to load and compile code, which would delay the first types of a scan. Sends no real key and calls no model. Never
 * throws.
 */
export async function warmUpModelClient(provider: Provider): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(503, { 'content-type': 'application/json' })
    response.end('{"error":{"type":"overloaded_error","message":"warm-up"}}')
  })
  try {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = { apiKey: NOT_A_KEY, baseUrl: `http://127.0.0.1:${listeningPort(server)}` }
    const models = await openModels({ [provider]: client, timeoutMs: TIMEOUT_MS })
    await models.get(provider, NOT_A_KEY)?.ask(QUESTION, AbortSignal.timeout(TIMEOUT_MS))
  } catch {
    // The local server always answers 503.
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const QUESTION: Question = {
  system: 'Warm-up.',
  user: 'Warm-up.',
  maxOutputTokens: 1,
  types: 1,
  format: { name: 'warm-up', schema: {} },
}
