import { readdir, readFile, readlink } from 'node:fs/promises'

const ESTABLISHED = '01'

/** How many TCP connections a process of this machine (Linux) has to a port. */
export async function countConnections(pid: number, port: number): Promise<number> {
  const [own, toPort] = await Promise.all([readSockets(pid), readSocketsTo(pid, port)])
  return toPort.filter((inode) => own.has(inode)).length
}

/** Inodes of the sockets that the process has open. */
async function readSockets(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all(
    // A file that is closed meanwhile is none of a connection that lasts.
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  )
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}

/** Inodes of all connections in the process's network that lead to the port. */
async function readSocketsTo(pid: number, port: number): Promise<string[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  )
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  // Columns: number, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode.
  return tables
    .flatMap((table) => table.split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, , remote = '', state, , , , , , inode = '']) =>
      remote.endsWith(wanted) && state === ESTABLISHED ? [inode] : [],
    )
}
