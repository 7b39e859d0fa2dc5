export interface ApiCall {
  /** Default: GET. */
  method?: 'GET' | 'POST'
  /** Sent as JSON. */
  body?: unknown
  headers?: Record<string, string>
  signal: AbortSignal
}

/** Sends one request and returns the JSON response. Throws with the problem when the API refuses it. */
export async function callApi(
  url: string,
  { method = 'GET', body, headers, signal }: ApiCall,
): Promise<unknown> {
  const hasBody = body !== undefined
  const response = await fetch(url, {
    method,
    signal,
    headers: { ...(hasBody && { 'content-type': 'application/json' }), ...headers },
    ...(hasBody && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}
