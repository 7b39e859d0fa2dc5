import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { buildDefinition } from '@capstan/cluster/reduce/build-definition'
import { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { buildGoldenSchema, type FieldNote } from './golden-schema.ts'

const Note: z.ZodType<FieldNote> = z.lazy(() =>
  z.union([z.string(), z.array(Note), z.record(z.string(), Note)]),
)

/** Expected answer. Each concept is `wording|other wording`, matched by a phrase that contains its words. */
const ExpectedAnswer = z.strictObject({
  /** Must all be among the capabilities. */
  core: z.array(z.string()).min(1),
  /** Correct but optional. */
  also: z.array(z.string()).default([]),
  providers: z.array(z.string()).default([]),
  /** Optional providers. */
  mayBe: z.array(z.string()).default([]),
  /** Acceptable complexities. */
  complexity: z.array(InferredCapability.shape.complexity).min(1),
})
export type ExpectedAnswer = z.infer<typeof ExpectedAnswer>

const Written = z.strictObject({
  /** `Kind (group/version[,cluster]) plural [short,names]` */
  type: z.string(),
  description: z.string(),
  operator: z.string().optional(),
  categories: z.array(z.string()).default([]),
  spec: Note.optional(),
  top: z.record(z.string(), Note).optional(),
  expect: ExpectedAnswer,
})
type Written = z.infer<typeof Written>

export interface GoldenType {
  definition: Definition
  expected: ExpectedAnswer
  /** Rules and prompts are tuned only on one half. */
  half: 'tuning' | 'held-out'
}

const FILES = ['built-in', 'operators']
/** Their expected answers were the examples for the form of the curated answers, so they would measure nothing. */
const LEFT_OUT = new Set(['pods', 'certificates.cert-manager.io', 'clusterissuers.cert-manager.io'])
/** Same budget as in the API. */
const OUTLINE_TOKENS = 1_500

/** The types of the golden set, reduced to their outlines by the production code. */
export function loadGoldenTypes(): GoldenType[] {
  const types = FILES.flatMap((name) => {
    const file = new URL(`../../data/golden/${name}.yaml`, import.meta.url)
    const written = z.array(Written).parse(parse(readFileSync(file, 'utf8')))
    return written.map((type, index): GoldenType => ({
      definition: toDefinition(type),
      expected: type.expect,
      half: index % 2 === 0 ? 'tuning' : 'held-out',
    }))
  })
  return types.filter(({ definition }) => !LEFT_OUT.has(resourceName(definition.type)))
}

function toDefinition({ type: head, operator, categories, ...written }: Written): Definition {
  const source = {
    schema: { root: buildGoldenSchema(written), named: {} },
    subresources: [],
    operator,
    printerColumns: [],
  }
  const isBuiltIn = operator === undefined && categories.length === 0
  const type = { ...readHead(head), categories, origin: isBuiltIn ? 'builtin' : 'crd' } as const
  return buildDefinition(type, source, OUTLINE_TOKENS)
}

const HEAD = /^(\w+) \((?:([\w.-]+)\/)?(v\w+)(,cluster)?\) (\w+)(?: ([\w,]+))?$/

/** Throws for an invalid format. */
function readHead(head: string) {
  const found = HEAD.exec(head)
  if (!found) throw new Error(`the golden set has a type that is not understood: ${head}`)
  const [, kind = '', group = '', version = '', cluster, plural = '', shortNames] = found
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    scope: cluster === undefined ? ('Namespaced' as const) : ('Cluster' as const),
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    shortNames: shortNames?.split(',') ?? [],
  }
}
