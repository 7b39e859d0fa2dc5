import type { BuiltIn } from '../built-in.ts'
import { builtInDocuments } from './built-in-documents.ts'
import type { BuiltInGroup } from './built-in-group.ts'
import { groupOfFile } from './group-of-file.ts'

/** The cluster with a group more, which another server serves. */
export function withGroup(builtIn: BuiltIn, file: BuiltInGroup): BuiltIn {
  const without = withoutGroup(builtIn, file.group)
  return {
    ...without,
    groups: [...without.groups, groupOfFile(file)],
    aggregated: new Set([...without.aggregated, file.group]),
    documents: new Map([...without.documents, ...builtInDocuments([file])]),
  }
}

/** The cluster without a group. */
export function withoutGroup(builtIn: BuiltIn, name: string): BuiltIn {
  const isOther = ([path]: [string, Buffer]): boolean => !path.startsWith(`apis/${name}/`)
  return {
    ...builtIn,
    groups: builtIn.groups.filter(({ metadata }) => metadata.name !== name),
    aggregated: new Set([...builtIn.aggregated].filter((group) => group !== name)),
    documents: new Map([...builtIn.documents].filter(isOther)),
  }
}
