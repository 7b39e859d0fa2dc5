import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { Definition } from '@capstan/shared/contract/definition'
import type { DescribeResult } from '../cluster-source.ts'
import type { DiscoveredResource } from '../discovery/discovered-resource.ts'
import type { FileContent } from '../reduce/reducer-tasks.ts'

export interface NamedContent {
  /** Of the file, for warnings. */
  name: string
  content: FileContent
}

/** What all files define together. */
export interface MergedContents {
  resources: DiscoveredResource[]
  /** Of the files in order, then of definitions that another file has as well. */
  warnings: string[]
  describe(type: ResourceType): DescribeResult
}

/** Joins files in their order: of several definitions of a type the first counts, and each other one is a warning. */
export function mergeContents(files: NamedContent[]): MergedContents {
  const resources: DiscoveredResource[] = []
  const duplicates: string[] = []
  const definedIn = new Map<string, string>()
  for (const { name, content } of files) {
    const crds = new Set(content.crds)
    for (const resource of content.resources) {
      const plain = resourceName(resource)
      // A CRD has all versions of its type, so a second one is a duplicate whatever version it prefers.
      const key = crds.has(plain) ? plain : versionedName(resource)
      const first = definedIn.get(key)
      if (first === undefined) {
        definedIn.set(key, name)
        resources.push(resource)
      } else {
        const where = first === name ? 'the same file' : first
        duplicates.push(`${name}: ${plain} is defined in ${where} already; the first one counts`)
      }
    }
  }
  const warnings = [...files.flatMap(({ content }) => content.warnings), ...duplicates]
  return { resources, warnings, describe: describeFrom(files) }
}

function describeFrom(files: NamedContent[]): MergedContents['describe'] {
  const definitions = new Map<string, Definition>()
  const faults = new Map<string, string>()
  for (const reduced of files.flatMap(({ content }) => content.reduced)) {
    if ('fault' in reduced) faults.set(reduced.resource, reduced.fault)
    else {
      const key = versionedName(reduced.definition.type)
      if (!definitions.has(key)) definitions.set(key, reduced.definition)
    }
  }
  return (type) => {
    const definition = definitions.get(versionedName(type))
    if (definition) return { outcome: 'described', definition }
    const reason = faults.get(resourceName(type)) ?? 'no file defines it any more'
    return { outcome: 'undescribable', type, reason }
  }
}

function versionedName(type: Pick<ResourceType, 'group' | 'plural' | 'version'>): string {
  return `${resourceName(type)}/${type.version}`
}
