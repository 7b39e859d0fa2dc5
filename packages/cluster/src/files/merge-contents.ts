import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { Definition } from '@capstan/shared/contract/definition'
import type { DescribeResult } from '../cluster-source.ts'
import type { VersionedResource } from '../discovery/versioned-resource.ts'
import type { FileContent } from '../reduce/reducer-tasks.ts'

export interface NamedContent {
  /** Name of the file, for warnings. */
  name: string
  content: FileContent
}

/** The merged definitions of all files. */
export interface MergedContents {
  resources: VersionedResource[]
  /** Warnings of the files in order, then of duplicate definitions. */
  warnings: string[]
  describe(type: ResourceType): DescribeResult
}

/** Merges files in order. The first definition of a type counts; each further one is a warning. */
export function mergeContents(files: NamedContent[]): MergedContents {
  const resources: VersionedResource[] = []
  const duplicates: string[] = []
  const definedIn = new Map<string, string>()
  for (const { name, content } of files) {
    const crds = new Set(content.crds)
    for (const resource of content.resources) {
      const plain = resourceName(resource)
      // A CRD defines all versions of its type, so a second CRD is a duplicate at any version.
      const key = crds.has(plain) ? plain : toVersionedName(resource)
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
  return { resources, warnings, describe: createDescribe(files) }
}

function createDescribe(files: NamedContent[]): MergedContents['describe'] {
  const definitions = new Map<string, Definition>()
  const faults = new Map<string, string>()
  for (const reduced of files.flatMap(({ content }) => content.reduced)) {
    if ('fault' in reduced) faults.set(reduced.resource, reduced.fault)
    else {
      const key = toVersionedName(reduced.definition.type)
      if (!definitions.has(key)) definitions.set(key, reduced.definition)
    }
  }
  return (type) => {
    const definition = definitions.get(toVersionedName(type))
    if (definition) return { outcome: 'described', definition }
    const reason = faults.get(resourceName(type)) ?? 'no file defines it any more'
    return { outcome: 'undescribable', type, reason }
  }
}

function toVersionedName(type: Pick<ResourceType, 'group' | 'plural' | 'version'>): string {
  return `${resourceName(type)}/${type.version}`
}
