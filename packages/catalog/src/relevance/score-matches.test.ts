import { describe, expect, test } from 'vitest'
import type { Capability } from '@capstan/shared/contract/capability'
import { makeCapability } from '@capstan/testkit/make-capability'
import { KeywordIndex } from '../in-process/keyword-index.ts'
import { createLexicon } from '../lexicon.ts'
import { MATCH_FEATURES, measureMatch } from './match-features.ts'
import { buildMatchQuery } from './match-query.ts'
import { readMatchRow } from './match-row.ts'
import { classifyScore, computeMatchScore } from './match-score.ts'
import { describeStrength, scoreMatches, type HitOptions } from './score-matches.ts'

const CERTIFICATE = makeCapability({
  kind: 'Certificate',
  group: 'cert-manager.io',
  capabilities: ['TLS certificates for domains', 'automatic renewal'],
  searchPhrases: ['renew https certificate'],
  description: 'Requests a certificate and renews it before it expires.',
  useCase: 'HTTPS for a web site.',
  shortNames: ['cert'],
})
const AUTOSCALER = makeCapability({
  kind: 'HorizontalPodAutoscaler',
  group: 'autoscaling',
  capabilities: ['automatic scaling of pods'],
  searchPhrases: ['add pods under load'],
  description: 'Changes the number of pods by their load.',
  useCase: 'Web applications with peaks.',
})
const ROWS = [CERTIFICATE, AUTOSCALER, makeCapability()]
const lexicon = createLexicon()

async function prepare(query: string) {
  const index = new KeywordIndex(lexicon)
  for (const row of ROWS) index.set(row.id, row)
  const { words } = await index.search(query)
  return buildMatchQuery(words, index, lexicon)
}

async function measure(query: string, row: Capability) {
  return measureMatch(readMatchRow(row, lexicon), await prepare(query))
}

async function score(query: string, options: HitOptions = { limit: 3 }) {
  return scoreMatches(ROWS, await prepare(query), lexicon, options)
}

describe('features of a match', () => {
  test('a row that has all words of a query is more prominent and similar than one with some', async () => {
    const [all, some] = await Promise.all([
      measure('renew certificate', CERTIFICATE),
      measure('renew laptop', CERTIFICATE),
    ])
    expect(all.prominence).toBeGreaterThan(some.prominence)
    expect(all.similarity).toBeGreaterThan(some.similarity)
  })

  test.each([
    ['certificate', 1],
    ['cert', 1],
    ['certificate for shop', 1 / 4],
    ['renewal', 0],
  ])('the name share of "%s" is %d', async (query, share) => {
    expect((await measure(query, CERTIFICATE)).name).toBeCloseTo(share)
  })

  test('the abbreviation of a kind counts as its name', async () => {
    expect((await measure('hpa', AUTOSCALER)).name).toBe(1)
  })

  test('only a product that the row does not mention is a missed product', async () => {
    expect((await measure('mongodb certificate', CERTIFICATE)).missesProduct).toBe(1)
    expect((await measure('domain certificate', CERTIFICATE)).missesProduct).toBe(0)
    const row = { ...CERTIFICATE, providers: ['MongoDB'] }
    expect((await measure('mongodb certificate', row)).missesProduct).toBe(0)
  })

  test('a corrected spelling and words that are one word in the row match as the word does', async () => {
    const exact = await measure('renew certificate', CERTIFICATE)
    const corrected = await measure('renew certifcate', CERTIFICATE)
    expect(corrected.prominence).toBeGreaterThan(0.7 * exact.prominence)
    const joined = await measure('auto scaler', { ...AUTOSCALER, kind: 'Autoscaler' })
    expect(joined.prominence).toBeGreaterThan(0.3)
  })
})

describe('scores of matches', () => {
  test('a score is between 0 and 1, and 0.5 is strong', () => {
    const features = (value: number) =>
      Object.fromEntries(MATCH_FEATURES.map((name) => [name, value])) as Parameters<
        typeof computeMatchScore
      >[0]
    for (const value of [0, 1, 1_000]) {
      const one = computeMatchScore({ ...features(0), prominence: value })
      expect(one).toBeGreaterThanOrEqual(0)
      expect(one).toBeLessThanOrEqual(1)
    }
    expect([0.49, 0.5].map(classifyScore)).toEqual(['weak', 'strong'])
  })

  test('strong matches come first, and both parts keep the order of the ranking', async () => {
    const hits = await scoreMatches(
      [makeCapability(), AUTOSCALER, CERTIFICATE],
      await prepare('renew https certificate'),
      lexicon,
      { limit: 3 },
    )
    expect(hits.map(({ capability, strength }) => [capability.kind, strength])).toEqual([
      ['Certificate', 'strong'],
      ['CronJob', 'weak'],
      ['HorizontalPodAutoscaler', 'weak'],
    ])
    expect(describeStrength(hits)).toBeNull()
  })

  test('a question that no row answers has weak matches only, and a note', async () => {
    const hits = await score('mongodb replica set')
    expect(new Set(hits.map(({ strength }) => strength))).toEqual(new Set(['weak']))
    expect(describeStrength(hits)).toContain('Nothing in the catalog matches this well')
    expect(describeStrength([])).toBeNull()
  })

  test('minScore leaves out lower scores, and a strong match beyond the limit replaces weak ones', async () => {
    const strong = await score('hpa', { limit: 1 })
    expect(strong.map(({ capability }) => capability.kind)).toEqual(['HorizontalPodAutoscaler'])
    const all = await score('hpa')
    const [best] = all
    const above = await score('hpa', { limit: 3, minScore: best?.score ?? 1 })
    expect(above).toEqual([best])
    expect(await score('mongodb replica set', { limit: 3, minScore: 0.99 })).toEqual([])
  })
})
