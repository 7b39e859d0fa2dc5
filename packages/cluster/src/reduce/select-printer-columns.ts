import type { PrinterColumn } from '@capstan/shared/contract/printer-column'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { getBuiltInColumns } from './get-built-in-columns.ts'

/** Limit for untrusted input. Real CRDs have up to a dozen columns. */
const MAX_COLUMNS = 30
const NAME: PrinterColumn = { name: 'Name', type: 'string', jsonPath: '.metadata.name' }
const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

/**
 * The columns that kubectl prints for a type. With a CRD: the name and the columns of the CRD, or the age if it has none.
 * Without a CRD (`own` undefined): the columns of the built-in table.
 */
export function selectPrinterColumns(
  type: ResourceType,
  own: PrinterColumn[] | undefined,
): PrinterColumn[] {
  if (own === undefined) return getBuiltInColumns(type)
  const columns = own.slice(0, MAX_COLUMNS).map(toPlainColumn)
  const rest = columns.filter(({ name }) => name.toLowerCase() !== 'name')
  return [NAME, ...(own.length === 0 ? [AGE] : rest)]
}

function toPlainColumn({
  name,
  type,
  jsonPath,
  description,
  priority,
}: PrinterColumn): PrinterColumn {
  const text = toPlainText(description ?? '', 400)
  return {
    name: toPlainText(name, 120),
    type: toPlainText(type, 40) || 'string',
    jsonPath: toPlainText(jsonPath, 500),
    ...(text === '' ? {} : { description: text }),
    ...(priority === undefined || priority === 0 ? {} : { priority }),
  }
}
