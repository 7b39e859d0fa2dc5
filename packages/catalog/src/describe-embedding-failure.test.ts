import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { describeEmbeddingFailure } from './describe-embedding-failure.ts'

test('the note of a search names a cause that a person has to remove', () => {
  const error = new ItemError('provider_error', 'pause-scan', 'The vectors have 256 dimensions.')
  expect(describeEmbeddingFailure(error)).toBe(
    'Only words were compared. The vectors have 256 dimensions.',
  )
})

test.each([
  new ItemError('provider_error', 'retry', 'status 503'),
  new DOMException('The operation timed out', 'TimeoutError'),
])('the note of a search does not repeat the error of an outage (%s)', (error) => {
  expect(describeEmbeddingFailure(error)).toBe(
    'The embedding model does not answer, so only words were compared.',
  )
})
