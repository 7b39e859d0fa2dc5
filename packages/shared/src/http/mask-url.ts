/** A URL as errors may show it: without credentials, query and fragment, which may hold secrets. */
export function maskUrl(text: string): string {
  if (!URL.canParse(text)) return 'an invalid URL'
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname}`
}
