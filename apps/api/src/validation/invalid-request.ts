import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import { parseWith, type RequestFault } from './request-fault.ts'

/** An invalid part of a request. Fastify sets which part. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest'
  readonly faults: RequestFault[]
  validationContext: 'body' | 'querystring' | 'params' | 'headers' | undefined = undefined

  constructor(faults: RequestFault[]) {
    super('a part of the request is not valid')
    this.faults = faults
  }
}

/** Validates requests with their zod schemas. Failures are `InvalidRequest`. */
export const compileValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const parsed = parseWith(schema, data)
    return 'value' in parsed ? parsed : { error: new InvalidRequest(parsed.faults) }
  }
