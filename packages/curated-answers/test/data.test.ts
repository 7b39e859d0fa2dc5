import { describe, expect, test } from 'vitest'
import { DataIndex, type CuratedRow } from '../src/curated-data.ts'
import { readDataFile, readDataFiles } from '../src/data-files.ts'
import { computeDataVersion } from '../src/data-version.ts'
import { listDataFaults } from '../src/list-data-faults.ts'
import { makeFamily, makeProject, makeRow } from './make-curated-data.ts'

test('the data has no faults', () => {
  expect(listDataFaults(readDataFiles(), readDataFile('index'))).toEqual([])
})

test('the version changes with any text of any file', () => {
  const files = readDataFiles()
  const { version } = DataIndex.parse(readDataFile('index'))
  expect(computeDataVersion(files)).toBe(version)
  for (const [name, content] of files) {
    const text = JSON.stringify(content)
    const at = text.lastIndexOf('e')
    const changed = JSON.parse(`${text.slice(0, at)}a${text.slice(at + 1)}`) as unknown
    expect(computeDataVersion(new Map(files).set(name, changed))).not.toBe(version)
  }
})

describe('each rule finds a seeded violation', () => {
  const GROUPS = { 'delivery/one': ['one.example.com'], 'families/cloud': ['db.example.com'] }
  const WIDGETS = 'widgets.one.example.com'

  /** Valid data with a change of the first row. */
  function listFaults(change: Partial<CuratedRow>, more: CuratedRow[] = []): string[] {
    const files = new Map<string, unknown>([
      ['delivery/one', makeProject([makeRow(WIDGETS, change), ...more])],
      ['families/cloud', makeFamily('db.example.com', { instances: 'Instance' })],
    ])
    return listDataFaults(files, { version: computeDataVersion(files), files: GROUPS })
  }

  test('none in valid data', () => {
    expect(listFaults({}, [makeRow('gadgets.one.example.com')])).toEqual([])
  })

  test.each([
    ['no capability', { capabilities: [] }, 'capabilities'],
    ['too many capabilities', { capabilities: Array.from('abcdefghi') }, 'capabilities'],
    ['a long phrase', { providers: ['p'.repeat(81)] }, 'providers.0'],
    ['a short description', { description: 'Too short.' }, 'description'],
    ['a long use case', { useCase: 'u'.repeat(401) }, 'useCase'],
    ['a high confidence', { confidence: 1 }, 'confidence'],
    ['two search phrases', { searchPhrases: ['one', 'two'] }, 'searchPhrases'],
    ['a field path with an index', { fields: ['spec.items[0]'] }, 'fields.0'],
  ] satisfies [string, Partial<CuratedRow>, string][])('%s', (_, change, member) => {
    expect(listFaults(change)).toContainEqual(
      expect.stringMatching(new RegExp(`^delivery/one: ${WIDGETS}: ${member}: `)),
    )
  })

  test('a row without facts, and one with an unknown member', () => {
    const { facts: _facts, ...row } = makeRow(WIDGETS)
    const files = new Map<string, unknown>([
      ['delivery/one', { ...makeProject([]), rows: [row, { ...makeRow('a.b.c'), note: 'x' }] }],
    ])
    const faults = listDataFaults(files, { version: computeDataVersion(files), files: {} })
    expect(faults).toContainEqual(expect.stringContaining(`${WIDGETS}: facts: `))
    expect(faults).toContainEqual(expect.stringContaining('"note"'))
  })

  test('facts of another type', () => {
    const facts = makeRow('gadgets.one.example.com').facts
    expect(listFaults({ facts })).toEqual([
      `delivery/one: ${WIDGETS}: its facts are of gadgets.one.example.com`,
    ])
  })

  test('a field that the facts do not have, and a fact that the row does not name', () => {
    expect(listFaults({ fields: ['spec.color'] })).toEqual([
      `delivery/one: ${WIDGETS}: the facts have no field spec.color`,
      `delivery/one: ${WIDGETS}: the row does not name the field spec.size of its facts`,
    ])
  })

  test('a kind that the facts of a service do not have: a main kind, and one with a text', () => {
    const family = makeFamily('db.example.com', { instances: 'Instance' })
    const services = family.services.map((row) => ({
      ...row,
      mainKinds: ['instances', 'clusters'],
      kindTexts: { instances: {}, backups: { words: 'database backup' } },
    }))
    const files = new Map([['families/cloud', { ...family, services }]])
    const index = {
      version: computeDataVersion(files),
      files: { 'families/cloud': ['db.example.com'] },
    }
    expect(listDataFaults(files, index)).toEqual([
      'families/cloud: db.example.com: the facts have no kind clusters',
      'families/cloud: db.example.com: the facts have no kind backups',
    ])
  })

  test('a type twice', () => {
    const faults = listFaults({}, [
      makeRow(WIDGETS, { capabilities: ['other'], searchPhrases: ['a', 'b', 'c'] }),
    ])
    expect(faults).toEqual([
      `delivery/one: ${WIDGETS}: the type "${WIDGETS}" is in delivery/one: ${WIDGETS} too`,
    ])
  })

  test('a capability or a search phrase of another row, whatever the case of its letters', () => {
    const other = makeRow('gadgets.one.example.com')
    const service = { capabilities: ['Managed database in the CLOUD'] }
    expect(listFaults({ capabilities: other.capabilities }, [other])).toHaveLength(1)
    expect(listFaults({ searchPhrases: ['a', 'b', `RUN ${other.type}`] }, [other])).toHaveLength(1)
    expect(listFaults(service)).toEqual([expect.stringContaining('*.db.example.com')])
  })

  test('a capability or a search phrase of a kind that its service has too', () => {
    const family = makeFamily('db.example.com', { instances: 'Instance' })
    const services = family.services.map((row) => {
      const { capabilities, searchPhrases } = row
      return { ...row, kindTexts: { instances: { capabilities, searchPhrases } } }
    })
    const files = new Map([['families/cloud', { ...family, services }]])
    const index = {
      version: computeDataVersion(files),
      files: { 'families/cloud': ['db.example.com'] },
    }
    expect(listDataFaults(files, index)).toEqual([
      expect.stringContaining('the capability "managed database in the cloud"'),
      expect.stringContaining('the search phrase "database in the cloud"'),
      expect.stringContaining('the search phrase "managed database"'),
    ])
  })

  test('an index of other data', () => {
    const files = new Map<string, unknown>([
      ['delivery/one', makeProject([makeRow(WIDGETS)])],
      ['delivery/two', makeProject([makeRow('widgets.two.example.com')])],
    ])
    expect(listDataFaults(files, { version: '0'.repeat(12), files: { ...GROUPS } })).toEqual([
      'index: the version is not that of the data',
      'index: the groups of delivery/two are out of date',
      'index: the groups of families/cloud are out of date',
    ])
    expect(listDataFaults(files, {})).toEqual(['index: it cannot be read'])
  })
})
