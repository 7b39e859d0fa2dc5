import { expect, test } from 'vitest'
import { openCallPhase } from './call-phase.ts'

function open() {
  const aborts: string[] = []
  return { aborts, phase: openCallPhase((name) => aborts.push(name)) }
}

test('an attempt that has sent no call is aborted at once, with the first reason', () => {
  const { aborts, phase } = open()
  phase.abortUnsent('paused')
  expect(aborts).toEqual(['paused'])
  phase.abortUnsent('lease-lost')
  expect(new Set(aborts)).toEqual(new Set(['paused']))
})

test('a call in flight continues, and its attempt is aborted before its next call', () => {
  const { aborts, phase } = open()
  phase.wait()
  phase.send()
  phase.abortUnsent('paused')
  expect(aborts).toEqual([])
  phase.wait()
  expect(aborts).toEqual(['paused'])
})

test('an attempt whose last call was answered is not aborted', () => {
  const { aborts, phase } = open()
  phase.send()
  phase.abortUnsent('paused')
  phase.abortUnsent('paused')
  expect(aborts).toEqual([])
})
