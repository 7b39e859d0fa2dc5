import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Question } from '@capstan/shared/inference/types'
import { openModels } from './open-models.ts'

const PATIENCE_MS = 2_000
const NOT_A_KEY = 'rehearsal'

/**
 * One call through the SDK of a provider to a server of our own, which says no. The first call of a process loads and
 * compiles for 50 ms of computing, and the first types of a scan would all wait for it. Nobody's key is sent and no
 * model is asked. Never throws: without it the first call is slow, that is all.
 */
export async function warmUpModelClient(provider: Provider): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(503, { 'content-type': 'application/json' })
    response.end('{"error":{"type":"overloaded_error","message":"a rehearsal"}}')
  })
  try {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    const client = { apiKey: NOT_A_KEY, baseUrl: `http://127.0.0.1:${port}` }
    const models = openModels({ [provider]: client, timeoutMs: PATIENCE_MS })
    await models.get(provider, NOT_A_KEY)?.ask(QUESTION, AbortSignal.timeout(PATIENCE_MS))
  } catch {
    // As it should be.
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const QUESTION: Question = {
  system: 'A rehearsal.',
  user: 'A rehearsal.',
  maxOutputTokens: 1,
  types: 1,
  format: { name: 'rehearsal', schema: {} },
}
