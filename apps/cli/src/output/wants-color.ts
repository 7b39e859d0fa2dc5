/** Follows no-color.org and force-color.org: an empty variable counts as unset. */
export function wantsColor(
  environment: Record<string, string | undefined>,
  isTerminal: boolean,
): boolean {
  if (environment['NO_COLOR']) return false
  const force = environment['FORCE_COLOR']
  if (force) return force !== '0' && force !== 'false'
  return isTerminal && environment['TERM'] !== 'dumb'
}
