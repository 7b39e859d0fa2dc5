import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** Sends text as a stream, part by part. The response schema of such a route only documents the content. */
export function sendText(reply: FastifyReply, text: AsyncIterable<string>): FastifyReply {
  return reply.send(Readable.from(text))
}
