import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { shellWord } from './shell-word.ts'

test('a plain name needs no quotes', () => {
  expect(shellWord('openai/gpt-6:x_1.5')).toBe('openai/gpt-6:x_1.5')
})

test.each(['', 'two words', "it's; rm -rf /", '$(id) `id` "x"', '~', '*', '\\'])(
  'a shell reads the quoted word %j as it is',
  (text) => {
    const read = execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })
    expect(read).toBe(text)
  },
)
