/**
 * Returns the program that opens a page in the user's browser, and its arguments; the page is the last one.
 * Undefined when there is no browser: Linux without a display, or `BROWSER=none`.
 */
export function chooseBrowserCommand(
  environment: Record<string, string | undefined>,
  platform: NodeJS.Platform,
): string[] | undefined {
  const own = environment['BROWSER']?.trim()
  if (own === 'none') return undefined
  if (own) return own.split(/\s+/)
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  const hasScreen = environment['DISPLAY'] || environment['WAYLAND_DISPLAY']
  return hasScreen ? ['xdg-open'] : undefined
}
