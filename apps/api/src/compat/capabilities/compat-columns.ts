import type { PrinterColumn } from '@capstan/shared/contract/printer-column'

const CREATED = '.metadata.creationTimestamp'

/**
 * Columns as clients expect them: of built-in types in upper case, the name first, the age among them. A table that
 * shows when an object was created shows its age.
 */
export function compatColumns(columns: PrinterColumn[]): PrinterColumn[] {
  const own = columns.filter(({ name }) => name.toLowerCase() !== 'name')
  const isBuiltIn = columns.some(({ name }) => name === 'NAME')
  const name = { name: isBuiltIn ? 'NAME' : 'Name', type: 'string', jsonPath: '.metadata.name' }
  const age = { name: isBuiltIn ? 'AGE' : 'Age', type: 'date', jsonPath: CREATED }
  const all = [name, ...own, ...(own.some(tellsAge) ? [] : [age])]
  return all.map((column) => ({ priority: 0, ...column }))
}

function tellsAge({ name }: PrinterColumn): boolean {
  return name.toLowerCase() === 'age' || name === 'CREATED AT'
}
