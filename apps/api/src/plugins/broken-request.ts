import type { Socket } from 'node:net'
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { PROBLEM_CATALOGUE, problemPath } from '@capstan/shared/contract/problem-catalogue'
import type { FindPrefix } from '../links/find-prefix.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { classifyError } from './classify-error.ts'
import { sendProblem } from './errors.ts'

/** Answers requests that Fastify rejects before routing, such as an undecodable path. */
export function sendFrameworkProblem(
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

/** Answers requests that Node cannot parse. There is no request object, so the response is written by hand. */
export function sendBrokenRequestProblem(
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
    detail: status === 408 ? 'The request did not arrive in time' : 'This is not an HTTP request',
    hint: 'Check the HTTP client. Headers may have at most 16 KiB.',
    retryable: status === 408,
  })
  const headers = Object.entries({
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...SECURITY_HEADERS,
  })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`)
}
