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

test('known names and groups are looked up: 500 includes and 500 excludes compare nothing with 3,000 types', async () => {
  const include = [
    ...names.slice(0, 400),
    ...TYPES.slice(400, 499).map(({ kind }) => kind),
    'example.com',
  ]
  const work = await workOf(include, names.slice(500, 1_000))
  expect(work).toEqual({ comparisons: 0, characters: 0 })
})

test('one misspelt name is compared with each spelling of each type once', async () => {
  expect(await workOf(misspelt.slice(0, 1))).toEqual({
    comparisons: SPELLINGS.length,
    characters: CHARACTERS,
  })
})

test('500 misspelt includes and 500 misspelt excludes cost no more comparisons than five of them', async () => {
  const work = await workOf(
    misspelt,
    misspelt.map((name) => `${name}x`),
  )
  expect(work).toEqual({ comparisons: 5 * SPELLINGS.length, characters: 5 * CHARACTERS })
})

test('a pattern with a star is compared with each spelling once, whatever stars it has and however often it is repeated', async () => {
  const known = names[0] ?? ''
  const include = [known, `${'*'.repeat(200)}z${'*'.repeat(50)}z*`, '*z*z*', '*Z**z***', ' *z*z* ']
  const near = { comparisons: SPELLINGS.length, characters: CHARACTERS }
  const { work, unmatched } = await selectTypes(TYPES, { include, exclude: [] })
  expect(unmatched).toEqual([{ pattern: include[1], near: [] }])
  expect(work).toEqual({ comparisons: 2 * near.comparisons, characters: 2 * near.characters })
})

test('a pattern that matches is compared with the spellings of a type up to the first that matches', async () => {
  expect((await workOf(['*'])).comparisons).toBe(0)
  expect((await workOf(['*.example.com'])).comparisons).toBe(TYPES.length)
})

test('the spellings of a list of types are made once', () => {
  expect(indexTypes(TYPES)).toBe(indexTypes(TYPES))
  expect(indexTypes([...TYPES])).not.toBe(indexTypes(TYPES))
})
