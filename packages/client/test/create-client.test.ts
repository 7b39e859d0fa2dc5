import { expect, test } from 'vitest'
import { createCapstanClient, isProblem } from '../src/index.ts'

function catchError(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}

test.each([
  '',
  'localhost:8080',
  'ftp://server',
  'http://user:secret@server',
  'http://secret@server',
])('the server %j is refused without repeating it', (server) => {
  const error = catchError(() => createCapstanClient({ server }))
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).not.toMatch(/secret/)
})

test.each(['', 'secret\n', 'secret secret', 'sécret'])(
  'the token %j is refused without repeating it',
  (token) => {
    const error = catchError(() => createCapstanClient({ server: 'http://127.0.0.1', token }))
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).not.toMatch(/s.cret/)
  },
)

test('requests go to the prefix of the server through the given fetch', async () => {
  const urls: string[] = []
  const client = createCapstanClient({
    server: 'https://example.com/capstan/?x=1#y',
    token: 'cap_0',
    fetch: async (input) => {
      const request = new Request(input)
      urls.push(`${request.url} ${request.headers.get('authorization')}`)
      return Response.json({ data: [] })
    },
  })
  const { data } = await client.GET('/api/v1/scans', { params: { query: { limit: 1 } } })
  expect(data?.data).toEqual([])
  expect(urls).toEqual(['https://example.com/capstan/api/v1/scans?limit=1 Bearer cap_0'])
})

const PROBLEM = {
  type: '/problems/x',
  title: 'X',
  status: 503,
  code: 'OVERLOADED',
  retryable: true,
}

test.each([
  [PROBLEM, [], true],
  [PROBLEM, ['OVERLOADED'] as const, true],
  [PROBLEM, ['DRAINING', 'OVERLOADED'] as const, true],
  [PROBLEM, ['DRAINING'] as const, false],
  // Later servers have further codes.
  [{ ...PROBLEM, code: 'LATER' }, [], true],
  [{ ...PROBLEM, retryable: undefined }, [], false],
  [{ title: 'X', status: 500 }, [], false],
  ['<h1>502</h1>', [], false],
  [undefined, [], false],
  [null, [], false],
])('isProblem of %j with the codes %j is %s', (value, codes, expected) => {
  expect(isProblem(value, ...codes)).toBe(expected)
})
