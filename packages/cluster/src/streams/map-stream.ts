/** Maps items with at most `limit` concurrent calls and yields each result as soon as it is available. */
export async function* mapStream<T, R>(
  items: Iterable<T>,
  limit: number,
  call: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running = new Set<Promise<{ done: Promise<unknown>; result: R }>>()
  const source = items[Symbol.iterator]()
  for (;;) {
    while (running.size < limit) {
      const next = source.next()
      if (next.done) break
      const step = call(next.value)
      const done: Promise<{ done: Promise<unknown>; result: R }> = step.then((result) => ({
        done,
        result,
      }))
      // The race below observes only the first rejection; the others must not be unhandled.
      done.catch(() => undefined)
      running.add(done)
    }
    if (running.size === 0) return
    const { done, result } = await Promise.race(running)
    for (const one of running) if (one === done) running.delete(one)
    yield result
  }
}
