import { expect, test } from 'vitest'
import { formatYaml } from './format-yaml.ts'

test('objects, lists and scalars are blocks', () => {
  const text = formatYaml({
    kind: 'Cluster',
    list: ['one', { a: 1, b: [true, null] }],
    empty: [],
    none: {},
    absent: undefined,
  })
  expect(text).toBe(
    [
      'kind: Cluster',
      'list:',
      '  - one',
      '  - a: 1',
      '    b:',
      '      - true',
      '      - null',
      'empty: []',
      'none: {}',
      '',
    ].join('\n'),
  )
})

test.each(['true', 'No', '1.5', '- a', 'a: b', 'a #b', 'line\nbreak', '', ' x', 'x ', '*', 'null'])(
  'the text %j is quoted',
  (text) => {
    expect(formatYaml({ text })).toBe(`text: ${JSON.stringify(text)}\n`)
  },
)
