/** Removes credentials, query and fragment of a URL, which may contain secrets, so that errors can show it. */
export function maskUrl(text: string): string {
  if (!URL.canParse(text)) return 'an invalid URL'
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname}`
}
