import type { Command, Redis } from 'ioredis'

/** The timeout is counted in this many parts. */
const PARTS = 10

/**
 * Rejects each command without a reply after `ms` with the error `Command timed out`. Replaces the option `commandTimeout` of
 * ioredis: its timers run before replies that are already in the socket are read, so a process that was busy for `ms` would
 * treat its own delay as a fault of Redis. Here the timeout is counted in parts that each need a turn of the event loop, and
 * the socket is read once more before the rejection.
 */
export function applyCommandTimeout(redis: Redis, ms: number): void {
  /** Commands without a reply, with the number of parts that have passed. */
  const waiting = new Map<Command, number>()
  let counting: NodeJS.Timeout | undefined
  const count = (): void => {
    for (const [command, parts] of waiting) {
      if (parts < PARTS) waiting.set(command, parts + 1)
      else setImmediate(giveUp, command)
    }
  }
  const forget = (command: Command): void => {
    waiting.delete(command)
    if (waiting.size > 0) return
    clearInterval(counting)
    counting = undefined
  }
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    // A command that is sent again after a reconnect keeps its count.
    if (!waiting.has(command)) {
      waiting.set(command, 0)
      counting ??= setInterval(count, ms / PARTS)
      const settled = (): void => forget(command)
      command.promise.then(settled, settled)
    }
    return send(command, stream)
  }
}

/** No effect on a command that has its reply. */
function giveUp(command: Command): void {
  command.reject(new Error('Command timed out'))
}
