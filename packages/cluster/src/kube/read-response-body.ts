import type { Response } from 'undici'
import { AppError } from '@capstan/shared/errors'

/** A page of a hundred CRDs and the largest OpenAPI documents have about 7 MB. */
const MAX_BODY_BYTES = 96 * 2 ** 20

/** Reads a body into its own buffer. Throws above 96 MB of uncompressed bytes. */
export async function readResponseBody(response: Response, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.byteLength
    if (size > MAX_BODY_BYTES) {
      throw new AppError(
        'CLUSTER_UNREACHABLE',
        `The cluster's answer to GET ${path.split('?')[0]} is larger than ${MAX_BODY_BYTES} bytes`,
      )
    }
    chunks.push(chunk)
  }
  const body = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.byteLength
  }
  return body
}
