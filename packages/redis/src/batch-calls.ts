interface Call<Item, Reply> {
  item: Item
  resolve: (reply: Reply) => void
  reject: (error: unknown) => void
}

/**
 * Combines calls with the same `name` into batches of at most `most` items: the calls of one turn of the event loop, and the
 * calls made while a batch of that name runs, so batches grow with the load. `run` returns one reply per item, in order. When it
 * throws, every call of the batch rejects.
 */
export function batchCalls<Item, Reply>(
  most: number,
  run: (name: string, items: Item[]) => Promise<Reply[]>,
): (name: string, item: Item) => Promise<Reply> {
  /** Waiting calls of each name with a running or scheduled batch. */
  const waiting = new Map<string, Call<Item, Reply>[]>()
  const send = async (name: string): Promise<void> => {
    const calls = waiting.get(name)?.splice(0, most) ?? []
    await serve(calls, (items) => run(name, items))
    if (waiting.get(name)?.length === 0) waiting.delete(name)
    else sendSoon(name)
  }
  const sendSoon = (name: string): void => {
    setImmediate(() => void send(name))
  }
  return (name, item) =>
    new Promise((resolve, reject) => {
      const call = { item, resolve, reject }
      const others = waiting.get(name)
      if (others) others.push(call)
      else {
        waiting.set(name, [call])
        sendSoon(name)
      }
    })
}

async function serve<Item, Reply>(
  calls: Call<Item, Reply>[],
  run: (items: Item[]) => Promise<Reply[]>,
): Promise<void> {
  try {
    const replies = await run(calls.map(({ item }) => item))
    for (const [index, { resolve, reject }] of calls.entries()) {
      const reply = replies[index]
      if (reply === undefined) reject(new Error('a batch returned fewer replies than items'))
      else resolve(reply)
    }
  } catch (error) {
    for (const { reject } of calls) reject(error)
  }
}
