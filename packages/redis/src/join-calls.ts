interface Call<Item, Reply> {
  item: Item
  resolve: (reply: Reply) => void
  reject: (error: unknown) => void
}

/**
 * Calls of one name, run as one step of at most `most` items: those made in one turn of the event loop, and those made
 * while a step of that name is under way, so that steps grow as it gets busier. `run` answers one reply an item, in
 * their order; when it throws, each of its callers is told.
 */
export function batchCalls<Item, Reply>(
  most: number,
  run: (name: string, items: Item[]) => Promise<Reply[]>,
): (name: string, item: Item) => Promise<Reply> {
  /** Names with a step under way or about to go, and what waits for the next one. */
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
      if (reply === undefined) reject(new Error('a step on several items left one unanswered'))
      else resolve(reply)
    }
  } catch (error) {
    for (const { reject } of calls) reject(error)
  }
}
