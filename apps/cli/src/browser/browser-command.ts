/**
 * The program that opens a page in the user's browser, with its arguments; the page comes last. Undefined where there
 * is none: a Linux without a screen, or BROWSER=none.
 */
export function browserCommand(
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
