import type { PrinterColumn } from '@capstan/shared/contract/printer-column'

const CREATED = '.metadata.creationTimestamp'

/**
 * Returns columns as clients of dot-ai expect them: upper case for built-in types, the name first, and the age. A
 * column with the creation time counts as the age.
 */
export function toCompatColumns(columns: PrinterColumn[]): PrinterColumn[] {
  const own = columns.filter(({ name }) => name.toLowerCase() !== 'name')
  const isBuiltIn = columns.some(({ name }) => name === 'NAME')
  const name = { name: isBuiltIn ? 'NAME' : 'Name', type: 'string', jsonPath: '.metadata.name' }
  const age = { name: isBuiltIn ? 'AGE' : 'Age', type: 'date', jsonPath: CREATED }
  const all = [name, ...own, ...(own.some(isAgeColumn) ? [] : [age])]
  return all.map((column) => ({ priority: 0, ...column }))
}

function isAgeColumn({ name }: PrinterColumn): boolean {
  return name.toLowerCase() === 'age' || name === 'CREATED AT'
}
