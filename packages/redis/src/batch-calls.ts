import { setImmediate as nextTurn } from 'node:timers/promises'
import DataLoader from 'dataloader'

/**
 * Combines calls with the same `name` into batches of at most `most` items: the calls of one turn of the event loop, and the
 * calls made while a batch of that name runs, so batches grow with the load. `run` returns one reply per item, in order; an Error
 * in the place of a reply rejects that call. When it throws, every call of the batch rejects.
 */
export function batchCalls<Item, Reply>(
  most: number,
  run: (name: string, items: Item[]) => Promise<(Reply | Error)[]>,
): (name: string, item: Item) => Promise<Reply> {
  /** Loaders of the names with a running or scheduled batch. */
  const loaders = new Map<string, DataLoader<Item, Reply>>()
  const open = (name: string): DataLoader<Item, Reply> => {
    let scheduled = 0
    let running: Promise<unknown> = Promise.resolve()
    let last = running
    const runAfter = async (earlier: Promise<unknown>, dispatch: () => void): Promise<void> => {
      await earlier
      await nextTurn()
      dispatch()
      await running.catch(() => undefined)
      scheduled -= 1
      if (scheduled === 0) loaders.delete(name)
    }
    const load = async (items: readonly Item[]): Promise<(Reply | Error)[]> =>
      fillReplies(items, await run(name, [...items]))
    return new DataLoader<Item, Reply>((items) => (running = load(items)), {
      cache: false,
      maxBatchSize: most,
      // By default, batches would overlap.
      batchScheduleFn: (dispatch) => {
        scheduled += 1
        last = runAfter(last, dispatch)
      },
    })
  }
  return (name, item) => {
    const loader = loaders.get(name) ?? open(name)
    loaders.set(name, loader)
    return loader.load(item)
  }
}

/** DataLoader rejects the whole batch when a reply is missing; an Error rejects only its own call. */
function fillReplies<Item, Reply>(items: readonly Item[], replies: Reply[]): (Reply | Error)[] {
  const missing = items
    .slice(replies.length)
    .map(() => new Error('a batch returned fewer replies than items'))
  return [...replies, ...missing]
}
