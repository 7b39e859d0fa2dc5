import type { PrinterColumn } from '@capstan/shared/contract/printer-column'
import type { NamedSchemas } from './resolve-ref.ts'
import type { JsonSchema } from './json-schema.ts'

/** The schema of one type, and where its references lead. */
export interface TypeSchema {
  root: JsonSchema
  /** Empty for a CRD, which has no references. */
  named: NamedSchemas
}

/** What outline and hash of one type are made of. */
export interface TypeSource {
  schema: TypeSchema | undefined
  subresources: string[]
  /** The operator or project that brought the type, from labels of its CRD. */
  operator: string | undefined
  /** Of the CRD, as its author wrote them. Undefined for a type that no CRD defines. */
  printerColumns: PrinterColumn[] | undefined
}
