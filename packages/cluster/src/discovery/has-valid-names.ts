import type { VersionedResource } from './versioned-resource.ts'

const LOWER = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/
const KIND = /^[A-Za-z][A-Za-z0-9-]{0,252}$/

/**
 * Whether Kubernetes permits the names of a resource. The API server validates the names of CRDs, but not those of an
 * aggregated API server or a file. Names end up in Redis keys, jobs, events and terminals.
 */
export function hasValidNames({ group, version, plural, kind }: VersionedResource): boolean {
  return (
    (group === '' || LOWER.test(group)) &&
    LOWER.test(version) &&
    version.length <= 63 &&
    LOWER.test(plural) &&
    KIND.test(kind)
  )
}

/** Drops invalid names of a list. For alternative spellings, which a type can lack. */
export function filterValidNames(names: string[]): string[] {
  return names.filter((name) => name.length <= 63 && LOWER.test(name))
}
