import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { CustomResourceDefinition } from './custom-resource-definition.ts'
import { OUTLINE_REVISION } from './outline.ts'
import { reduceCrd } from './reduce-crd.ts'

/** What came of one type: a definition with the immutable source it came from, or why there is none. */
export type ReduceResult =
  | { resource: string; sourceKey: string | undefined; definition: Definition }
  | { resource: string; fault: string }

/** Names what a CRD of one generation reduces to. The third part changes with everything that may change the result. */
export function crdSourceKey(
  crd: { uid: string; generation: number },
  version: string,
  budgetTokens: number,
): string {
  return `crd:${crd.uid}:${crd.generation}-${version}-${OUTLINE_REVISION}-${budgetTokens}`
}

/** Reduces the wanted ones of some CRDs (parsed JSON). A broken one is a fault of its own and stops no other. */
export function reduceCrds(
  crds: unknown[],
  wanted: ReadonlyMap<string, ResourceType>,
  budgetTokens: number,
): ReduceResult[] {
  return crds.flatMap((raw) => {
    const facts = CustomResourceDefinition.safeParse(raw)
    const resource = facts.success
      ? resourceName({ ...facts.data.spec.names, ...facts.data.spec })
      : nameOf(raw)
    const type = wanted.get(resource)
    if (!type) return []
    if (!facts.success) return [{ resource, fault: 'its CustomResourceDefinition is malformed' }]
    return [reduceOne(facts.data, type, budgetTokens)]
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
    // What fails here is the text of a stranger; its message may quote it.
    return { resource, fault: 'its schema cannot be read' }
  }
}

function nameOf(raw: unknown): string {
  const named = CrdName.safeParse(raw)
  return named.success ? named.data.metadata.name : ''
}

const CrdName = CustomResourceDefinition.pick({ metadata: true })
