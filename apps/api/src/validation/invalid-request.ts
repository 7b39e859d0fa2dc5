import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import { parseWith, type RequestFault } from './request-fault.ts'

/** A part of a request does not fit its schema. Fastify adds which one. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest'
  readonly faults: RequestFault[]
  validationContext: 'body' | 'querystring' | 'params' | 'headers' | undefined = undefined

  constructor(faults: RequestFault[]) {
    super('a part of the request is not valid')
    this.faults = faults
  }
}

/** Validates requests by their zod schemas; failures are `InvalidRequest`. */
export const compileValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const parsed = parseWith(schema, data)
    return 'value' in parsed ? parsed : { error: new InvalidRequest(parsed.faults) }
  }
