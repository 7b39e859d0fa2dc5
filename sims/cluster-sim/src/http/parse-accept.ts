/** One entry of an Accept header: media type and parameters. */
export interface AcceptEntry {
  type: string
  parameters: Record<string, string>
}

/** Parses an Accept header into entries, in the client's order of preference. */
export function parseAccept(header: string | undefined): AcceptEntry[] {
  return (header ?? '*/*').split(',').map((entry) => {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim())
    const pairs = parameters.map((pair) => pair.split('='))
    return {
      type,
      parameters: Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value])),
    }
  })
}

/**
 * Whether a client accepts the form `as` of an API group and version, such as PartialObjectMetadataList of
 * meta.k8s.io/v1.
 */
export function acceptsForm(
  accepted: AcceptEntry[],
  as: string,
  group: string,
  version: string,
): boolean {
  return accepted.some(
    ({ type, parameters }) =>
      type === 'application/json' &&
      parameters['as'] === as &&
      parameters['g'] === group &&
      parameters['v'] === version,
  )
}

/** Whether a client accepts plain JSON, the only other form of this server. */
export function acceptsJson(accepted: AcceptEntry[]): boolean {
  return accepted.some(
    ({ type, parameters }) =>
      ['application/json', 'application/*', '*/*'].includes(type) && parameters['as'] === undefined,
  )
}
