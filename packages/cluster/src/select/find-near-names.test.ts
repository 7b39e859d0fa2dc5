import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance } from '@capstan/shared/text/edit-distance'
import { makeResourceTypes } from '@capstan/testkit/make-resource-types'
import { findNearNames } from './find-near-names.ts'
import { indexTypes } from './type-index.ts'

const TYPES = makeResourceTypes(100)
const INDEX = indexTypes(TYPES)

test('near names of any misspelling equal those of a full comparison with every spelling', async () => {
  const letter = fc.constantFrom('a', 'e', 's', 'x', '.', '/')
  const change = fc.record({ at: fc.nat(60), remove: fc.nat(2), insert: fc.array(letter) })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...TYPES),
      fc.array(change, { maxLength: 3 }),
      async (type, changes) => {
        let name = `${type.plural}.${type.group}`
        for (const { at, remove, insert } of changes) {
          name = `${name.slice(0, at)}${insert.slice(0, 3).join('')}${name.slice(at + remove)}`
        }
        const near = await findNearNames(name, INDEX, { comparisons: 0, characters: 0 })
        expect(near).toEqual(nearByComparison(name))
      },
    ),
    { numRuns: 50 },
  )
})

/** Reference implementation: a part of a name counts as one wrong letter; up to four, or a third of a short name, are near. */
function nearByComparison(name: string): string[] {
  const limit = Math.min(4, Math.max(1, Math.floor(name.length / 3)))
  const distances = INDEX.all.map(({ names, spellings }) => {
    const all = spellings.map((spelling) =>
      name.length >= 4 && spelling.includes(name) ? 1 : editDistance(name, spelling, 253),
    )
    return { resource: names.resource, distance: Math.min(...all) }
  })
  return distances
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || (a.resource < b.resource ? -1 : 1))
    .slice(0, 5)
    .map(({ resource }) => resource)
}
