import { expect, test } from 'vitest'
import { formatCatalogCommand } from './format-catalog-command.ts'

const SERVER = 'http://localhost:8080'

test('a list with filters is a get command', () => {
  expect(formatCatalogCommand(' ', { group: '', stale: true }, SERVER)).toBe(
    "capstan get capabilities --group '' --stale --server http://localhost:8080",
  )
})

test('a search quotes its words', () => {
  expect(formatCatalogCommand("it's a queue", { cluster: 'prod', stale: true }, SERVER)).toBe(
    `capstan search 'it'\\''s a queue' --cluster prod --server http://localhost:8080`,
  )
})
