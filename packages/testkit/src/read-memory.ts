import { readFile } from 'node:fs/promises'

/** Memory of a process of this machine (Linux) in KiB: `VmRSS` is resident now, `VmHWM` the most that ever was. */
export async function readMemoryKib(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1])
}
