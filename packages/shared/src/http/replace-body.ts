const WITHOUT_BODY = new Set([204, 205, 304])
/** The highest status that a Response can be made with; some servers answer 999. */
const HIGHEST_STATUS = 599

/** The same response with another body. A Response that is made by hand would have no URL. */
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
