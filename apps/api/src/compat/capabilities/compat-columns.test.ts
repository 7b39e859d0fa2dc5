import { expect, test } from 'vitest'
import { compatColumns } from './compat-columns.ts'

const columns = (...names: string[]) =>
  names.map((name) => ({ name, type: 'string', jsonPath: '' }))
const namesOf = (...names: string[]) => compatColumns(columns(...names)).map(({ name }) => name)

test.each([
  ['a built-in type', ['NAME', 'READY', 'AGE'], ['NAME', 'READY', 'AGE']],
  ['events, whose name is printed last', ['REASON', 'NAME'], ['NAME', 'REASON', 'AGE']],
  ['roles, which print when they were made', ['NAME', 'CREATED AT'], ['NAME', 'CREATED AT']],
  ['a custom type with an age', ['Name', 'Age', 'Phase'], ['Name', 'Age', 'Phase']],
  ['a custom type without', ['Name', 'Phase'], ['Name', 'Phase', 'Age']],
  ['a row of an older version', [], ['Name', 'Age']],
])('COL-1: %s has its name first and tells its age', (_, stored, expected) => {
  expect(namesOf(...stored)).toEqual(expected)
})

test('COL-2: what is known of a column goes with it', () => {
  const phase = { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'How.' }
  expect(compatColumns([...columns('Name'), phase])).toEqual([
    { name: 'Name', type: 'string', jsonPath: '.metadata.name', priority: 0 },
    { ...phase, priority: 0 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', priority: 0 },
  ])
})
