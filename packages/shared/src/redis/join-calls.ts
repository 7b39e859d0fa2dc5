interface Call<Item, Reply> {
  item: Item
  resolve: (reply: Reply) => void
  reject: (error: unknown) => void
}

/**
 * Calls of one name that are made in one turn of the event loop, run as one step of at most `most` items. `run`
 * answers one reply an item, in their order; when it throws, each of its callers is told.
 */
export function joinCalls<Item, Reply>(
  most: number,
  run: (name: string, items: Item[]) => Promise<Reply[]>,
): (name: string, item: Item) => Promise<Reply> {
  const waiting = new Map<string, Call<Item, Reply>[]>()
  const send = (name: string): void => {
    const calls = waiting.get(name) ?? []
    waiting.delete(name)
    for (let from = 0; from < calls.length; from += most) {
      void serve(calls.slice(from, from + most), (items) => run(name, items))
    }
  }
  return (name, item) =>
    new Promise((resolve, reject) => {
      const call = { item, resolve, reject }
      const others = waiting.get(name)
      if (others) others.push(call)
      else {
        waiting.set(name, [call])
        setImmediate(send, name)
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
