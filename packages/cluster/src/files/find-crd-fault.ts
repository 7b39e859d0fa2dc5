import type { CustomResourceDefinition } from '../reduce/custom-resource-definition.ts'

/** Name rules of the API server, from RFC 1035 and RFC 1123. */
const LABEL = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const SUBDOMAIN =
  /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+$/

/** Why an API server would reject this CRD or serve no type for it; undefined if it is valid. */
export function findCrdFault({ metadata, spec }: CustomResourceDefinition): string | undefined {
  const { group, names, versions } = spec
  const { plural, kind } = names
  if (!SUBDOMAIN.test(group)) return 'its group is not a lower-case domain name'
  if (!LABEL.test(plural))
    return 'its plural is not a lower-case word of letters, digits and dashes'
  if (!LABEL.test(kind.toLowerCase())) return 'its kind is not a word of letters, digits and dashes'
  if (metadata.name !== `${plural}.${group}`) return `its name is not ${plural}.${group}`
  if (versions.length === 0) return 'it has no version'
  if (versions.every(({ served }) => !served)) return 'it serves none of its versions'
  const name = versions.find((version) => !LABEL.test(version.name))
  return name === undefined ? undefined : 'a version has a name that Kubernetes does not allow'
}
