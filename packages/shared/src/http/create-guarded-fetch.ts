import { maskUrl } from './mask-url.ts'
import { replaceBody } from './replace-body.ts'

/** A redirect. It is never followed, because it would send keys and prompts to a server that is not in the settings. */
export class RedirectError extends Error {
  override readonly name = 'RedirectError'
  readonly status: number
  readonly headers: Headers
  readonly url: string
  /** Target without credentials and query. Undefined: the response has no valid target. */
  readonly location: string | undefined

  constructor(response: Response, url: string) {
    const location = readRedirectTarget(response.headers.get('location'), url)
    super(`${url} redirects to ${location ?? 'nowhere'}`)
    this.status = response.status
    this.headers = response.headers
    this.url = url
    this.location = location
  }
}

/** A response body beyond its limit, after decompression. The rest is not read. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
  readonly url: string

  constructor(maxBytes: number, url: string) {
    super(`The answer of ${url} is larger than ${maxBytes} bytes`)
    this.url = url
  }
}

/** No response, or an incomplete body. `cause` is the error of Node.js. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  /** URL without credentials and query. */
  readonly url: string

  constructor(url: string, cause: unknown) {
    super(`No answer from ${url}`, { cause })
    this.url = url
  }
}

export interface FetchBounds {
  /** Maximum size of a body after decompression. Default: unlimited, for bodies that are read as streams. */
  maxBytes?: number | undefined
}

/**
 * Creates the fetch function of all outbound calls. It rejects with RedirectError, with RequestError without a response, or
 * with the reason of the signal. The body of the response fails with BodyTooLargeError beyond `maxBytes`.
 */
export function createGuardedFetch({
  maxBytes = Number.POSITIVE_INFINITY,
}: FetchBounds): typeof fetch {
  return async (input, init) => {
    const url = maskUrl(input instanceof Request ? input.url : String(input))
    const response = await send(input, init, url)
    if (REDIRECTS.has(response.status)) {
      await response.body?.cancel()
      throw new RedirectError(response, url)
    }
    return boundBody(response, maxBytes, url)
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

async function send(
  input: string | URL | Request,
  init: RequestInit | undefined,
  url: string,
): Promise<Response> {
  try {
    return await fetch(input, { ...init, redirect: 'manual' })
  } catch (error) {
    init?.signal?.throwIfAborted()
    throw new RequestError(url, error)
  }
}

function boundBody(response: Response, maxBytes: number, url: string): Response {
  const { body } = response
  if (!body || maxBytes === Number.POSITIVE_INFINITY) return response
  let bytes = 0
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        bytes += chunk.byteLength
        if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes, url)
        controller.enqueue(chunk)
      },
    }),
  )
  return replaceBody(response, counted)
}

function readRedirectTarget(location: string | null, url: string): string | undefined {
  if (location === null || !URL.canParse(location, url)) return undefined
  return maskUrl(new URL(location, url).href)
}
