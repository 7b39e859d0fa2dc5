import { randomBytes } from 'node:crypto'
import type { BatchEndpoint, BatchExchange, SimBatchReply } from './batch-exchange.ts'
import type { SimFile } from './batches.ts'

/** The part of OpenAI's `/v1/files` that batches need. */
export const openAiFileEndpoints: BatchEndpoint[] = [
  { action: 'upload', method: 'POST', path: /^\/v1\/files$/, reply: upload },
  {
    action: 'retrieve',
    method: 'GET',
    path: /^\/v1\/files\/(?<id>[^/]+)$/,
    reply: ({ state, account }, id) => {
      const file = state.batches.findFile(account, id)
      return file ? { json: view(file) } : 'missing'
    },
  },
  {
    action: 'content',
    method: 'GET',
    path: /^\/v1\/files\/(?<id>[^/]+)\/content$/,
    reply: ({ state, account }, id) => {
      const file = state.batches.findFile(account, id)
      return file ? { text: file.text } : 'missing'
    },
  },
]

/** Creates a file with the current time. */
export function createOpenAiFile(file: Omit<SimFile, 'createdAtMs'>): SimFile {
  return { ...file, createdAtMs: Date.now() }
}

async function upload({ state, account, request, text }: BatchExchange): Promise<SimBatchReply> {
  const type = request.headers['content-type'] ?? ''
  const form = await new Response(text, { headers: { 'content-type': type } }).formData()
  const sent = form.get('file')
  const purpose = form.get('purpose')
  if (!(sent instanceof File) || typeof purpose !== 'string') throw new Error('no file, no purpose')
  const file = createOpenAiFile({
    id: `file-${randomBytes(12).toString('hex')}`,
    account,
    name: sent.name,
    purpose,
    text: await sent.text(),
  })
  state.batches.addFile(file)
  return { json: view(file) }
}

function view({ id, text, createdAtMs, name, purpose }: SimFile) {
  return {
    id,
    object: 'file',
    bytes: Buffer.byteLength(text),
    created_at: Math.floor(createdAtMs / 1000),
    filename: name,
    purpose,
    status: 'processed',
    status_details: null,
    expires_at: null,
  }
}
