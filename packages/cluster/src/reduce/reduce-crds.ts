import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { CustomResourceDefinition } from './custom-resource-definition.ts'
import { OUTLINE_REVISION } from './outline.ts'
import { reduceCrd } from './reduce-crd.ts'

/** The definition of a type with the key of its immutable source, or the reason why there is none. */
export type ReduceResult =
  | { resource: string; sourceKey: string | undefined; definition: Definition }
  | { resource: string; fault: string }

/** Cache key of the definition of a CRD generation. Its third part contains everything else that determines the result. */
export function crdSourceKey(
  crd: { uid: string; generation: number },
  version: string,
  budgetTokens: number,
): string {
  return `crd:${crd.uid}:${crd.generation}-${version}-${OUTLINE_REVISION}-${budgetTokens}`
}

/** Reduces the CRDs (parsed JSON) of the wanted types. An invalid CRD is a fault of its type only. */
export function reduceCrds(
  crds: unknown[],
  wanted: ReadonlyMap<string, ResourceType>,
  budgetTokens: number,
): ReduceResult[] {
  return crds.flatMap((raw) => {
    const parsed = CustomResourceDefinition.safeParse(raw)
    const resource = parsed.success
      ? resourceName({ ...parsed.data.spec.names, ...parsed.data.spec })
      : readName(raw)
    const type = wanted.get(resource)
    if (!type) return []
    if (!parsed.success) return [{ resource, fault: 'its CustomResourceDefinition is malformed' }]
    return [reduceOne(parsed.data, type, budgetTokens)]
  })
}

function reduceOne(
  crd: CustomResourceDefinition,
  type: ResourceType,
  budgetTokens: number,
): ReduceResult {
  const resource = resourceName(type)
  try {
    const definition = reduceCrd(crd, type, budgetTokens)
    if (!definition) return { resource, fault: 'its CustomResourceDefinition serves no version' }
    return {
      resource,
      sourceKey: crdSourceKey(crd.metadata, type.version, budgetTokens),
      definition,
    }
  } catch {
    // Not quoted: the message can contain untrusted text.
    return { resource, fault: 'its schema cannot be read' }
  }
}

function readName(raw: unknown): string {
  const named = CrdName.safeParse(raw)
  return named.success ? named.data.metadata.name : ''
}

const CrdName = CustomResourceDefinition.pick({ metadata: true })
