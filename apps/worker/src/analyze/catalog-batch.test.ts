import { expect, test } from 'vitest'
import type { Capability } from '@capstan/shared/contract/capability'
import { makeCapability } from '@capstan/testkit/make-capability'
import { until } from '@capstan/testkit/until'
import { openCatalogBatch } from './catalog-batch.ts'

const row = (kind: string) => makeCapability({ kind })

test('rows that arrive during a write are written together in the next one', async () => {
  const writes: string[][] = []
  const open: (() => void)[] = []
  const catalog = openCatalogBatch({
    put: async (rows) => {
      writes.push(rows.map(({ kind }) => kind))
      await new Promise<void>((resolve) => open.push(resolve))
    },
  })
  const puts = [catalog.put([row('A')])]
  await until('the first write', () => (writes.length === 1 ? true : undefined))
  puts.push(catalog.put([row('B')]), catalog.put([row('C')]))
  expect(writes).toEqual([['A']])
  open[0]?.()
  await puts[0]
  await until('the next write', () => (writes.length === 2 ? true : undefined))
  expect(writes).toEqual([['A'], ['B', 'C']])
  open[1]?.()
  await Promise.all(puts)
})

test('a row that the catalog rejects fails alone', async () => {
  const stored: string[] = []
  const refuseBad = async (rows: Capability[]): Promise<void> => {
    if (rows.some(({ kind }) => kind === 'Bad')) throw new Error('refused')
    stored.push(...rows.map(({ kind }) => kind))
  }
  const catalog = openCatalogBatch({ put: refuseBad })
  const kinds = ['A', 'B', 'Bad', 'C']
  const ends = await Promise.allSettled(kinds.map((kind) => catalog.put([row(kind)])))
  expect(ends.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(stored.toSorted()).toEqual(['A', 'B', 'C'])
})
