const EITHER_CASE = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']

/** The environment with upper-case proxy variables. Lower-case ones take precedence, as in curl and Node.js. */
export function foldProxyNames(
  environment: Record<string, string | undefined>,
): Record<string, string | undefined> {
  const lower = EITHER_CASE.map((name) => [name, environment[name.toLowerCase()]] as const)
  return { ...environment, ...Object.fromEntries(lower.filter(([, value]) => value?.trim())) }
}
