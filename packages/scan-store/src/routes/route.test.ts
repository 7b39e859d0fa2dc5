import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveRoute, buildRouteQueueName } from './route.ts'

const openai = (model: string): string => buildRouteQueueName({ provider: 'openai', model })

test('a model with a safe name gives its queue that name', () => {
  expect(openai('gpt-6-luna')).toBe('infer-openai-gpt-6-luna')
  expect(openai('qwen3.5_8b')).toBe('infer-openai-qwen3.5_8b')
})

test('a model with unsafe characters gets a queue of its own', () => {
  expect(openai('a/b')).toMatch(/^infer-openai-a-b-[0-9a-f]{12}$/)
  expect(openai('a/b')).not.toBe(openai('a:b'))
  expect(openai('a/b')).not.toBe(openai('a-b'))
})

test('a model whose name looks like a hashed name does not share the queue of another model', () => {
  const hashed = openai('a/b').slice('infer-openai-'.length)
  expect(openai(hashed)).not.toBe(openai('a/b'))
})

test('a long name is cut, and names that differ only after the cut get different queues', () => {
  const long = 'x'.repeat(190)
  expect(openai(long).length).toBeLessThan(100)
  expect(openai(`${long}1`)).not.toBe(openai(`${long}2`))
})

test('provider demo has one route for all models', () => {
  expect(resolveRoute('demo', 'a')).toEqual(resolveRoute('demo', 'b'))
  expect(buildRouteQueueName(resolveRoute('demo', 'a'))).toBe('infer-demo')
})

test('any model name gives a deterministic and unique queue name of safe characters', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(openai(one)).toMatch(/^[A-Za-z0-9._-]+$/)
      expect(openai(one)).toBe(openai(one))
      expect(openai(one) === openai(other)).toBe(one === other)
    }),
  )
})
