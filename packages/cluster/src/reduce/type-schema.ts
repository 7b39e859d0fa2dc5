import type { PrinterColumn } from '@capstan/shared/contract/printer-column'
import type { NamedSchemas } from './resolve-ref.ts'
import type { JsonSchema } from './json-schema.ts'

/** The schema of one type, and the schemas that it refers to. */
export interface TypeSchema {
  root: JsonSchema
  /** Empty for a CRD, which has no references. */
  named: NamedSchemas
}

/** The input for outline and hash of one type. */
export interface TypeSource {
  schema: TypeSchema | undefined
  subresources: string[]
  /** The operator or project of the type, from labels of its CRD. */
  operator: string | undefined
  /** The columns in the CRD. Undefined for a type without a CRD. */
  printerColumns: PrinterColumn[] | undefined
}
