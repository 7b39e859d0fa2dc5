/** Merges streams in order of arrival. Ends all of them when the reader stops or one fails. */
export async function* mergeStreams<T>(streams: AsyncIterator<T>[]): AsyncGenerator<T> {
  const waiting = new Map(streams.map((stream) => [stream, requestNext(stream)]))
  try {
    while (waiting.size > 0) {
      const { stream, step } = await Promise.race(waiting.values())
      if (step.done) waiting.delete(stream)
      else {
        yield step.value
        waiting.set(stream, requestNext(stream))
      }
    }
  } finally {
    // Not awaited: a stream that is executing a step ends after it.
    for (const stream of waiting.keys()) void stream.return?.().catch(() => undefined)
  }
}

function requestNext<T>(stream: AsyncIterator<T>) {
  const step = stream.next().then((result) => ({ stream, step: result }))
  // The race observes a rejection unless another stream rejected first.
  step.catch(() => undefined)
  return step
}
