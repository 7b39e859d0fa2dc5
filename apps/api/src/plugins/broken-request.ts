import type { Socket } from 'node:net'
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { PROBLEM_CATALOGUE, problemPath } from '@capstan/shared/contract/problem-catalogue'
import type { FindPrefix } from '../links/find-prefix.ts'
import { BARE_HEADERS } from './security-headers.ts'
import { classifyError } from './classify-error.ts'
import { sendProblem } from './errors.ts'

/** What Fastify refuses before it has a route, such as a path that cannot be decoded. */
export function problemOfFramework(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendProblem(request, reply, classifyError(error, true))
}

const STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** What Node cannot even parse. There is no request yet, so the answer is written by hand. */
export function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
  findPrefix: FindPrefix = () => '',
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = STATUS[error.code ?? ''] ?? 400
  const body = JSON.stringify({
    type: `${findPrefix({ headers: {}, socket })}${problemPath('VALIDATION')}`,
    title: PROBLEM_CATALOGUE.VALIDATION.title,
    status,
    code: 'VALIDATION',
    detail: status === 408 ? 'The request took too long to arrive' : 'This is not an HTTP request',
    hint: 'Check the HTTP client; headers may have 16 KiB in all.',
    retryable: status === 408,
  })
  const headers = Object.entries({
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...BARE_HEADERS,
  })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`)
}
