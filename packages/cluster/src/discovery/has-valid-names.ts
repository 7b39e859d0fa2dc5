import type { DiscoveredResource } from './discovered-resource.ts'

const LOWER = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/
const KIND = /^[A-Za-z][A-Za-z0-9-]{0,252}$/

/**
 * Whether the names of a resource are such as Kubernetes lets anybody give. It checks those of CRDs, but an aggregated
 * API server and a file say what they like, and names go everywhere: into keys, jobs, events and terminals.
 */
export function hasValidNames({ group, version, plural, kind }: DiscoveredResource): boolean {
  return (
    (group === '' || LOWER.test(group)) &&
    LOWER.test(version) &&
    version.length <= 63 &&
    LOWER.test(plural) &&
    KIND.test(kind)
  )
}

/** Spellings beside the plural: bad ones are left out, as the type is found without them. */
export function filterValidNames(names: string[]): string[] {
  return names.filter((name) => name.length <= 63 && LOWER.test(name))
}
