import { expect, test } from 'vitest'
import { openLiveRegion } from './live-region.ts'

/** A terminal that interprets the escape sequences of the region. */
function screen() {
  const lines: string[] = ['$ capstan watch']
  let row = 1
  let cursor = true
  const write = (text: string): void => {
    for (const [token] of text
      .replaceAll('\u001B', '⎋')
      .matchAll(/⎋\[[?\d]*[A-Za-z]|\n|\r|[^⎋\n\r]+/g)) {
      const up = /^⎋\[(\d+)A$/.exec(token)
      if (up) row -= Number(up[1])
      else if (token === '\n') row += 1
      else if (token === '⎋[J') lines.length = row
      else if (token === '⎋[K') lines[row] ??= ''
      else if (token === '⎋[?25l') cursor = false
      else if (token === '⎋[?25h') cursor = true
      else if (token !== '\r') lines[row] = token
    }
  }
  return { write, lines, cursor: () => cursor }
}

test('the region is redrawn in place, lines above it stay, and clear removes it', () => {
  const { write, lines, cursor } = screen()
  const region = openLiveRegion(write)
  region.draw(['one', 'two'])
  expect(lines).toEqual(['$ capstan watch', 'one', 'two'])
  expect(cursor()).toBe(false)
  region.above(['failed: a'])
  expect(lines).toEqual(['$ capstan watch', 'failed: a', 'one', 'two'])
  region.draw(['three'])
  expect(lines).toEqual(['$ capstan watch', 'failed: a', 'three'])
  region.draw(['four', 'five', 'six'])
  expect(lines).toEqual(['$ capstan watch', 'failed: a', 'four', 'five', 'six'])
  region.clear()
  expect(lines).toEqual(['$ capstan watch', 'failed: a'])
  expect(cursor()).toBe(true)
})

test('unchanged lines are not drawn again', () => {
  const written: string[] = []
  const region = openLiveRegion((text) => written.push(text))
  region.draw(['one'])
  region.draw(['one'])
  region.above([])
  expect(written).toHaveLength(1)
})
