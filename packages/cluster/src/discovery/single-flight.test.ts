import { expect, test } from 'vitest'
import { singleFlight } from './single-flight.ts'

/** Runs that the test completes. */
function holdRuns() {
  const started: (PromiseWithResolvers<number> & { signal: AbortSignal })[] = []
  const run = singleFlight((signal) => {
    const held = Promise.withResolvers<number>()
    signal.addEventListener('abort', () => held.reject(signal.reason))
    started.push({ ...held, signal })
    return held.promise
  })
  const end = (index: number): void => started[index]?.resolve(index)
  return { started, run, end }
}

const live = (): AbortSignal => new AbortController().signal
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('callers that accept the age of a run share it', async () => {
  const { started, run, end } = holdRuns()
  const callers = Array.from({ length: 100 }, () => run(live(), 60_000))
  end(0)
  expect(new Set(await Promise.all(callers))).toEqual(new Set([0]))
  expect(await run(live(), 60_000)).toBe(0)
  expect(started).toHaveLength(1)
})

test('callers with maximum age 0 share the run after the current one', async () => {
  const { started, run, end } = holdRuns()
  const first = run(live())
  const later = Array.from({ length: 100 }, () => run(live()))
  await turn()
  expect(started).toHaveLength(1)
  end(0)
  expect(await first).toBe(0)
  await turn()
  end(1)
  expect(new Set(await Promise.all(later))).toEqual(new Set([1]))
  expect(started).toHaveLength(2)
})

test('a failed run rejects its callers and is not reused', async () => {
  const { started, run, end } = holdRuns()
  const callers = [run(live(), 60_000), run(live(), 60_000)]
  started[0]?.reject(new Error('unreachable'))
  for (const caller of callers) await expect(caller).rejects.toThrow('unreachable')
  const later = run(live(), 60_000)
  end(1)
  expect(await later).toBe(1)
})

test('an aborted caller does not affect the others, and a run without callers is aborted', async () => {
  const { started, run, end } = holdRuns()
  const [one, two] = [new AbortController(), new AbortController()]
  const callers = [run(one.signal, 60_000), run(two.signal, 60_000)]
  one.abort(new Error('aborted'))
  await expect(callers[0]).rejects.toThrow('aborted')
  expect(started[0]?.signal.aborted).toBe(false)
  two.abort(new Error('aborted too'))
  await expect(callers[1]).rejects.toThrow('aborted too')
  expect(started[0]?.signal.aborted).toBe(true)
  await turn()
  const later = run(live(), 60_000)
  end(1)
  expect(await later).toBe(1)
})

test('a run whose callers aborted before its start is aborted', async () => {
  const { started, run, end } = holdRuns()
  const first = run(live())
  const aborting = new AbortController()
  const later = run(aborting.signal)
  aborting.abort(new Error('aborted'))
  await expect(later).rejects.toThrow('aborted')
  end(0)
  await first
  await turn()
  await turn()
  expect(started[1]?.signal.aborted).toBe(true)
})
