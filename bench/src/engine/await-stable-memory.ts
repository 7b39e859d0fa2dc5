import { setTimeout as wait } from 'node:timers/promises'
import { readMemoryKib } from '@capstan/testkit/read-memory'

const SETTLE_MS = 1_000

/** Returns the resident memory (MiB) of a process once it is stable. */
export async function awaitStableRssMb(pid: number): Promise<number> {
  let last = await readRssMb(pid)
  for (;;) {
    await wait(SETTLE_MS)
    const now = await readRssMb(pid)
    if (Math.abs(now - last) < 0.5) return now
    last = now
  }
}

async function readRssMb(pid: number): Promise<number> {
  return (await readMemoryKib(pid, 'VmRSS')) / 1_024
}
