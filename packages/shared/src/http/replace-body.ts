const WITHOUT_BODY = new Set([204, 205, 304])
/** Highest valid status of a Response. Some servers send 999. */
const HIGHEST_STATUS = 599

/** Copies a response with another body. Sets `url`, which the constructor of Response cannot. */
export function replaceBody(
  response: Response,
  body: string | ReadableStream<Uint8Array<ArrayBuffer>>,
  headers: Headers = response.headers,
): Response {
  const { statusText, url } = response
  const status = Math.min(response.status, HIGHEST_STATUS)
  const made = new Response(WITHOUT_BODY.has(status) ? null : body, { status, statusText, headers })
  return Object.defineProperty(made, 'url', { value: url })
}
