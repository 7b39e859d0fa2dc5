import type { PrinterColumn } from '@capstan/shared/contract/printer-column'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { getBuiltInColumns } from './get-built-in-columns.ts'

/** Authors write up to a dozen; the text of a stranger must not grow without end. */
const MAX_COLUMNS = 30
const NAME: PrinterColumn = { name: 'Name', type: 'string', jsonPath: '.metadata.name' }
const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

/**
 * The columns that kubectl prints of a type: of a CRD its name and what the author added, or its age when that is
 * nothing; of all others what the table of built-in types says.
 */
export function printerColumns(
  type: ResourceType,
  own: PrinterColumn[] | undefined,
): PrinterColumn[] {
  if (own === undefined) return getBuiltInColumns(type)
  const columns = own.slice(0, MAX_COLUMNS).map(asPlain)
  const rest = columns.filter(({ name }) => name.toLowerCase() !== 'name')
  return [NAME, ...(own.length === 0 ? [AGE] : rest)]
}

function asPlain({ name, type, jsonPath, description, priority }: PrinterColumn): PrinterColumn {
  const said = toPlainText(description ?? '', 400)
  return {
    name: toPlainText(name, 120),
    type: toPlainText(type, 40) || 'string',
    jsonPath: toPlainText(jsonPath, 500),
    ...(said === '' ? {} : { description: said }),
    ...(priority === undefined || priority === 0 ? {} : { priority }),
  }
}
