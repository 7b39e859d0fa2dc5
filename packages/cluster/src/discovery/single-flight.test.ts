import { expect, test } from 'vitest'
import { singleFlight } from './single-flight.ts'

/** Runs that the test completes. */
function heldLooks() {
  const begun: (PromiseWithResolvers<number> & { signal: AbortSignal })[] = []
  const look = singleFlight((signal) => {
    const held = Promise.withResolvers<number>()
    signal.addEventListener('abort', () => held.reject(signal.reason))
    begun.push({ ...held, signal })
    return held.promise
  })
  const end = (index: number): void => begun[index]?.resolve(index)
  return { begun, look, end }
}

const live = (): AbortSignal => new AbortController().signal
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('callers that accept the age of a run share it', async () => {
  const { begun, look, end } = heldLooks()
  const callers = Array.from({ length: 100 }, () => look(live(), 60_000))
  end(0)
  expect(new Set(await Promise.all(callers))).toEqual(new Set([0]))
  expect(await look(live(), 60_000)).toBe(0)
  expect(begun).toHaveLength(1)
})

test('callers with maximum age 0 share the run after the current one', async () => {
  const { begun, look, end } = heldLooks()
  const first = look(live())
  const later = Array.from({ length: 100 }, () => look(live()))
  await turn()
  expect(begun).toHaveLength(1)
  end(0)
  expect(await first).toBe(0)
  await turn()
  end(1)
  expect(new Set(await Promise.all(later))).toEqual(new Set([1]))
  expect(begun).toHaveLength(2)
})

test('a failed run rejects its callers and is not reused', async () => {
  const { begun, look, end } = heldLooks()
  const callers = [look(live(), 60_000), look(live(), 60_000)]
  begun[0]?.reject(new Error('away'))
  for (const caller of callers) await expect(caller).rejects.toThrow('away')
  const later = look(live(), 60_000)
  end(1)
  expect(await later).toBe(1)
})

test('an aborted caller does not affect the others, and a run without callers is aborted', async () => {
  const { begun, look, end } = heldLooks()
  const [one, two] = [new AbortController(), new AbortController()]
  const callers = [look(one.signal, 60_000), look(two.signal, 60_000)]
  one.abort(new Error('left'))
  await expect(callers[0]).rejects.toThrow('left')
  expect(begun[0]?.signal.aborted).toBe(false)
  two.abort(new Error('left too'))
  await expect(callers[1]).rejects.toThrow('left too')
  expect(begun[0]?.signal.aborted).toBe(true)
  await turn()
  const later = look(live(), 60_000)
  end(1)
  expect(await later).toBe(1)
})

test('a run whose callers aborted before its start is aborted', async () => {
  const { begun, look, end } = heldLooks()
  const first = look(live())
  const leaving = new AbortController()
  const later = look(leaving.signal)
  leaving.abort(new Error('left'))
  await expect(later).rejects.toThrow('left')
  end(0)
  await first
  await turn()
  await turn()
  expect(begun[1]?.signal.aborted).toBe(true)
})
