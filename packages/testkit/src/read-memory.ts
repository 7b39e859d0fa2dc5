import { readFile } from 'node:fs/promises'

/** Memory of a local process (Linux) in KiB: `VmRSS` is resident now, `VmHWM` the peak. */
export async function readMemoryKib(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1])
}
