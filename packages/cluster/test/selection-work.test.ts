import { expect, test } from 'vitest'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { makeResourceTypes } from '@capstan/testkit/make-resource-types'
import { indexTypes } from '../src/select/type-index.ts'
import { selectTypes } from '../src/select-types.ts'

const TYPES = makeResourceTypes(3_000)
const SPELLINGS = indexTypes(TYPES).all.flatMap(({ spellings }) => spellings)
const CHARACTERS = SPELLINGS.reduce((sum, { length }) => sum + length, 0)

const names = TYPES.map(resourceName)
const misspelt = names.slice(0, 500).map((name) => `${name.slice(0, 3)}xq${name.slice(5)}`)

async function workOf(include: string[], exclude: string[] = []) {
  return (await selectTypes(TYPES, { include, exclude })).work
}

test('500 includes and 500 excludes of known names are looked up without comparisons with 3,000 types', async () => {
  const include = [
    ...names.slice(0, 400),
    ...TYPES.slice(400, 499).map(({ kind }) => kind),
    'example.com',
  ]
  const work = await workOf(include, names.slice(500, 1_000))
  expect(work).toEqual({ comparisons: 0, characters: 0 })
})

test('a misspelt name is compared once with each spelling of each type', async () => {
  expect(await workOf(misspelt.slice(0, 1))).toEqual({
    comparisons: SPELLINGS.length,
    characters: CHARACTERS,
  })
})

test('500 misspelt includes and 500 misspelt excludes cause as many comparisons as five', async () => {
  const work = await workOf(
    misspelt,
    misspelt.map((name) => `${name}x`),
  )
  expect(work).toEqual({ comparisons: 5 * SPELLINGS.length, characters: 5 * CHARACTERS })
})

test('a pattern with stars is compared once with each spelling, also if it is repeated', async () => {
  const known = names[0] ?? ''
  const include = [known, `${'*'.repeat(200)}z${'*'.repeat(50)}z*`, '*z*z*', '*Z**z***', ' *z*z* ']
  const near = { comparisons: SPELLINGS.length, characters: CHARACTERS }
  const { work, unmatched } = await selectTypes(TYPES, { include, exclude: [] })
  expect(unmatched).toEqual([{ pattern: include[1], near: [] }])
  expect(work).toEqual({ comparisons: 2 * near.comparisons, characters: 2 * near.characters })
})

test('a pattern is compared with the spellings of a type up to the first match', async () => {
  expect((await workOf(['*'])).comparisons).toBe(0)
  expect((await workOf(['*.example.com'])).comparisons).toBe(TYPES.length)
})

test('the spellings of a list of types are computed once', () => {
  expect(indexTypes(TYPES)).toBe(indexTypes(TYPES))
  expect(indexTypes([...TYPES])).not.toBe(indexTypes(TYPES))
})
