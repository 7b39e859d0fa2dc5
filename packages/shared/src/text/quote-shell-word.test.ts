import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { quoteShellWord } from './quote-shell-word.ts'

test('a plain name is not quoted', () => {
  expect(quoteShellWord('openai/gpt-6:x_1.5')).toBe('openai/gpt-6:x_1.5')
})

test.each(['', 'two words', "it's; rm -rf /", '$(id) `id` "x"', '~', '*', '\\'])(
  'a POSIX shell reads the quoted word %j unchanged',
  (text) => {
    const read = execFileSync('sh', ['-c', `printf %s ${quoteShellWord(text)}`], {
      encoding: 'utf8',
    })
    expect(read).toBe(text)
  },
)
