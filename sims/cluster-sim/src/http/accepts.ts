/** One entry of an Accept header: media type and parameters, in any order. */
export interface Accepted {
  type: string
  parameters: Record<string, string>
}

/** What a client accepts, in its own order of preference. */
export function accepts(header: string | undefined): Accepted[] {
  return (header ?? '*/*').split(',').map((entry) => {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim())
    const pairs = parameters.map((pair) => pair.split('='))
    return {
      type,
      parameters: Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value])),
    }
  })
}

/** Asks for the form `as` of an API group at this version, such as PartialObjectMetadataList of meta.k8s.io/v1. */
export function asksFor(accepted: Accepted[], as: string, group: string, version: string): boolean {
  return accepted.some(
    ({ type, parameters }) =>
      type === 'application/json' &&
      parameters['as'] === as &&
      parameters['g'] === group &&
      parameters['v'] === version,
  )
}

/** Takes plain JSON, the only other form this server has. */
export function takesJson(accepted: Accepted[]): boolean {
  return accepted.some(
    ({ type, parameters }) =>
      ['application/json', 'application/*', '*/*'].includes(type) && parameters['as'] === undefined,
  )
}
