/** What several streams yield, in the order in which it comes. Ends all of them when the reader stops or one fails. */
export async function* mergeStreams<T>(streams: AsyncIterator<T>[]): AsyncGenerator<T> {
  const waiting = new Map(streams.map((stream) => [stream, nextOf(stream)]))
  try {
    while (waiting.size > 0) {
      const { stream, step } = await Promise.race(waiting.values())
      if (step.done) waiting.delete(stream)
      else {
        yield step.value
        waiting.set(stream, nextOf(stream))
      }
    }
  } finally {
    // A stream in the middle of a step ends after it; nobody waits for that.
    for (const stream of waiting.keys()) void stream.return?.().catch(() => undefined)
  }
}

function nextOf<T>(stream: AsyncIterator<T>) {
  const step = stream.next().then((result) => ({ stream, step: result }))
  // Seen through the race, unless another one failed first.
  step.catch(() => undefined)
  return step
}
