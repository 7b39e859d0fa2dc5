import { expect, test } from 'vitest'
import { runBench } from '../src/run-bench.ts'
import { SCENARIOS } from '../src/scenario-table.ts'

async function bench(...args: string[]) {
  const written = { out: '', err: '' }
  const code = await runBench(args, {
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    environment: {},
    interrupted: new AbortController().signal,
  })
  return { code, ...written }
}

test.each([[[]], [['--help']], [['sse', '-h']]])(
  'bench with %j lists all scenarios',
  async (args) => {
    const { code, out, err } = await bench(...args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const { name, summary } of SCENARIOS) {
      expect(out).toContain(name)
      expect(out).toContain(summary)
    }
  },
)

test.each([
  [['nope'], 'there is no scenario nope'],
  [['sequential-66', 'more'], 'one scenario at a time'],
  [['sequential-66', '--seeds', '0'], '--seeds is 0'],
  [['sequential-66', '--fast'], '--fast'],
  [['search-relevance', '--cluster', 'here.json'], '--cluster is here.json'],
  [
    ['search-relevance', '--embeddings', 'http://localhost/v1'],
    '--embeddings is http://localhost/v1',
  ],
])('%j is a usage error that starts nothing', async (args, message) => {
  const { code, out, err } = await bench(...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(message)
  expect(err).toContain('Usage: ')
})

test('scenario names are unique and valid file names', () => {
  const names = SCENARIOS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/)
})
