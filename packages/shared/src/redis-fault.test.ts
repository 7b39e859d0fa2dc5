import { expect, test } from 'vitest'
import { classifyRedisReply, describeRedisFault } from './redis-fault.ts'

function reply(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' })
}

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'full'],
  ['EXECABORT Transaction discarded because of: OOM command not allowed when used', 'full'],
  [
    'ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -OOM command not allowed',
    'full',
  ],
  [
    "READONLY You can't write against a read only replica. script: 1, on @user_script:1.",
    'read-only',
  ],
  ['UNBLOCKED force unblock from blocking operation, instance state changed', 'read-only'],
  ['MISCONF Redis is configured to save RDB snapshots, but is unable to persist', 'not-saving'],
  ['NOREPLICAS Not enough good replicas to write.', 'no-replicas'],
  ['LOADING Redis is loading the dataset in memory', 'loading'],
  ["NOPERM this user has no permissions to run the 'info' command", 'login'],
  ['MOVED 3999 127.0.0.1:6381', 'wrong-node'],
  ['BUSYGROUP Consumer Group name already exists', undefined],
  ['ERR BROKEN: the journal knows OOM as a word', undefined],
])('the reply %j is classified as %s', (message, kind) => {
  expect(classifyRedisReply(reply(message))).toBe(kind)
})

test('an error of the client or of a provider is no reply of Redis', () => {
  expect(classifyRedisReply(new Error('OOM'))).toBeUndefined()
  expect(classifyRedisReply('OOM')).toBeUndefined()
})

test('a full Redis is described with its figures', () => {
  const memory = { usedBytes: 105 * 1024 * 1024, maxBytes: 100 * 1024 * 1024 }
  expect(describeRedisFault('full', memory).detail).toBe(
    'Redis is full: 105 % of maxmemory is used (105.0 of 100.0 MiB)',
  )
})
