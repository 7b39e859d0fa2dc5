import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import type { Capability } from '@capstan/shared/contract/capability'
import { makeCapability } from '@capstan/testkit/make-capability'

/** The searched part of a model's answer about a type. */
const KnownType = z.strictObject({
  resource: z.string(),
  kind: z.string(),
  ...InferredCapability.pick({
    complexity: true,
    providers: true,
    capabilities: true,
    description: true,
    useCase: true,
    searchPhrases: true,
  }).shape,
})

/** Catalog rows of the types for which queries are judged. */
export function loadKnownTypes(): Capability[] {
  const file = new URL('../../data/relevance/types.jsonl', import.meta.url)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const { resource, ...type } = KnownType.parse(JSON.parse(line))
    const dot = resource.indexOf('.')
    const group = dot < 0 ? '' : resource.slice(dot + 1)
    return makeCapability({ ...type, resource, group, abstractions: [] })
  })
}
