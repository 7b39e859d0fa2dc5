import { expect, test } from 'vitest'
import { readBodyLines, type BodyLine } from './read-body-lines.ts'

async function* chunks(parts: string[], bytes = Number.POSITIVE_INFINITY) {
  for (const part of parts) {
    const all = new TextEncoder().encode(part)
    for (let start = 0; start < all.length; start += bytes) yield all.subarray(start, start + bytes)
  }
}

async function collectLines(body: AsyncIterable<Uint8Array>, max = 100): Promise<BodyLine[]> {
  const lines: BodyLine[] = []
  for await (const line of readBodyLines(body, max)) lines.push(line)
  return lines
}

const whole = (text: string): BodyLine => ({ text, isCut: false })

test.each([1, 2, 3, 1_000])('body lines are read from chunks of %i bytes', async (bytes) => {
  const lines = await collectLines(chunks(['één\n\n  \ntwo\r\nthree 🎉'], bytes))
  expect(lines.map(({ text }) => text.trim())).toEqual(['één', 'two', 'three 🎉'])
})

test('an empty body has no lines', async () => {
  expect(await collectLines(chunks([]))).toEqual([])
})

test.each([1, 7, 100_000])(
  'a line beyond the limit is truncated, in chunks of %i bytes',
  async (bytes) => {
    const lines = await collectLines(chunks([`a\n${'x'.repeat(20_000)}\nb`], bytes), 5_000)
    expect(lines[0]).toEqual(whole('a'))
    expect(lines[1]).toEqual({ text: 'x'.repeat(4_096), isCut: true })
    expect(lines[2]).toEqual(whole('b'))
  },
)
