import { readFile } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { readMemoryKib } from '@capstan/testkit/read-memory'

/** Resource usage between the start of the watch and `read`. */
export interface ProcessUsage {
  /** CPU time (ms) of the watched processes, and of Redis. */
  workerCpuMs: number
  redisCpuMs: number
  redisCommands: number
  /** Peak resident memory (MiB) of any process. */
  peakRssMb: number
}

export interface UsageWatch {
  read(): Promise<ProcessUsage>
  stop(): void
}

/** Watches local processes (Linux) and Redis. The processes must outlive `read`. */
export async function watchUsage(redisUrl: string, pids: number[]): Promise<UsageWatch> {
  const redis = new Redis(redisUrl)
  const look = async (): Promise<ProcessUsage> => {
    const times = await Promise.all(pids.map(readCpuMs))
    const peaks = await Promise.all(pids.map(readPeakRssMb))
    const facts = await redis.info()
    return {
      workerCpuMs: times.reduce((sum, time) => sum + time, 0),
      redisCpuMs: 1_000 * (parseField(facts, 'used_cpu_user') + parseField(facts, 'used_cpu_sys')),
      redisCommands: parseField(facts, 'total_commands_processed'),
      peakRssMb: Math.max(...peaks),
    }
  }
  const before = await look()
  return {
    read: async () => {
      const after = await look()
      return {
        workerCpuMs: after.workerCpuMs - before.workerCpuMs,
        redisCpuMs: after.redisCpuMs - before.redisCpuMs,
        redisCommands: after.redisCommands - before.redisCommands,
        peakRssMb: after.peakRssMb,
      }
    },
    stop: () => redis.disconnect(),
  }
}

/** Linux counts in hundredths of a second, independent of the kernel clock. */
const MS_PER_TICK = 10

async function readCpuMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may contain spaces; utime and stime are the 12th and 13th field after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

async function readPeakRssMb(pid: number): Promise<number> {
  return (await readMemoryKib(pid, 'VmHWM')) / 1024
}

function parseField(info: string, name: string): number {
  return Number(new RegExp(`^${name}:([0-9.]+)`, 'm').exec(info)?.[1])
}
