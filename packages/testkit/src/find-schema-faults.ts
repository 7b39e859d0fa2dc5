import { Ajv, type AnySchemaObject } from 'ajv'

/**
 * Returns the faults of a value against a schema of Kubernetes, by an independent implementation. `named` are the schemas under
 * `#/components/schemas/`.
 */
export function findSchemaFaults(
  value: unknown,
  schema: object,
  named: Record<string, unknown> = {},
): string[] {
  const ajv = new Ajv({ strict: false, validateFormats: false, ownProperties: true })
  const root: AnySchemaObject = toDraft7({ ...schema, components: { schemas: named } })
  const validate = ajv.compile(root)
  if (validate(value)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** JSON Schema draft 7 has neither `nullable` without a type, nor bounds as truth values, nor the extensions of Kubernetes. */
function toDraft7<T>(schema: T): T
function toDraft7(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((one) => toDraft7(one))
  if (typeof schema !== 'object' || schema === null) return schema
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([name, part]) => [name, toDraft7(part)]),
  )
  for (const [bound, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof rest[bound] !== 'boolean') continue
    if (rest[bound]) [rest[bound], rest[limit]] = [rest[limit], undefined]
    else delete rest[bound]
  }
  if (rest['x-kubernetes-int-or-string'] === true) return { type: ['integer', 'string'] }
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest
}
