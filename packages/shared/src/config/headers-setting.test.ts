import { describe, expect, test } from 'vitest'
import { listHeaderSecrets, HeadersText } from './headers-setting.ts'

const read = (text: string) => HeadersText.safeParse(text)

test('headers are parsed from a JSON object and from lines, with lower-case names', () => {
  const headers = { authorization: 'Basic bWU6aHVudGVyMg==', 'x-team': 'blue' }
  expect(read('{"Authorization":"Basic bWU6aHVudGVyMg==","X-Team":"blue"}').data).toEqual(headers)
  expect(read('Authorization: Basic bWU6aHVudGVyMg==\r\n\n  X-Team :  blue ').data).toEqual(headers)
  expect(read('X-Url: http://a:1/b').data).toEqual({ 'x-url': 'http://a:1/b' })
})

describe('invalid headers are rejected without their values in the message', () => {
  test.each([
    ['{"X-A":"hunter2\\r\\nX-B: 1"}', 'X-A holds a line break'],
    ['{"X-A":"hunter2\\u0000"}', 'X-A holds a line break, a control character'],
    ['{"X-A":"hunter2 \u2713"}', 'X-A holds'],
    ['{"X A":"hunter2"}', 'not a valid HTTP header name'],
    ['{"X-A\\r\\nX-B":"hunter2"}', 'not a valid HTTP header name'],
    ['{"X-A":{"b":"hunter2"}}', 'X-A is not a text'],
    ['{"X-A":7}', 'X-A is not a text'],
    ['{"X-A":""}', 'X-A is empty'],
    ['{"X-A":"1","x-a":"hunter2"}', 'names x-a twice'],
    ['{"Content-Length":"1"}', 'names Content-Length, which is set for each call'],
    ['Transfer-Encoding: chunked', 'names Transfer-Encoding'],
    ['Host: evil', 'names Host'],
    ['X-A: 1\nx-a: hunter2', 'names a header twice'],
    ['hunter2', 'neither a JSON object nor lines'],
    [': hunter2', 'neither a JSON object nor lines'],
    ['{"X-A": hunter2', 'is not a JSON object'],
    ['["hunter2"]', 'neither a JSON object nor lines'],
    [JSON.stringify({ 'X-A': 'hunter2'.repeat(2_000) }), 'longer than 8192 characters'],
  ])('%s', (text, message) => {
    const said = JSON.stringify(read(text).error?.issues)
    expect(said).toContain(message)
    expect(said).not.toContain('hunter2')
  })
})

test('header secrets are the values, the credential after its scheme, and the decoded Basic credential', () => {
  expect(listHeaderSecrets({ authorization: 'Basic bWU6aHVudGVyMg==', 'x-key': 'k e y' })).toEqual([
    'Basic bWU6aHVudGVyMg==',
    'bWU6aHVudGVyMg==',
    'me:hunter2',
    'hunter2',
    'k e y',
  ])
  expect(listHeaderSecrets({ authorization: 'Bearer abcdef' })).toEqual(['Bearer abcdef', 'abcdef'])
})
