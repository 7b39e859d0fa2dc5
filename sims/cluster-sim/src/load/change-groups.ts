import type { BuiltIn } from '../built-in.ts'
import { buildBuiltInDocuments } from './built-in-documents.ts'
import type { BuiltInGroup } from './built-in-group.ts'
import { describeBuiltInGroup } from './describe-built-in-group.ts'

/** Adds a group that an aggregated API server serves. */
export function addGroup(builtIn: BuiltIn, file: BuiltInGroup): BuiltIn {
  const without = removeGroup(builtIn, file.group)
  return {
    ...without,
    groups: [...without.groups, describeBuiltInGroup(file)],
    aggregated: new Set([...without.aggregated, file.group]),
    documents: new Map([...without.documents, ...buildBuiltInDocuments([file])]),
  }
}

/** Removes a group. */
export function removeGroup(builtIn: BuiltIn, name: string): BuiltIn {
  const isOther = ([path]: [string, Buffer]): boolean => !path.startsWith(`apis/${name}/`)
  return {
    ...builtIn,
    groups: builtIn.groups.filter(({ metadata }) => metadata.name !== name),
    aggregated: new Set([...builtIn.aggregated].filter((group) => group !== name)),
    documents: new Map([...builtIn.documents].filter(isOther)),
  }
}
