import { readdir, readFile, readlink } from 'node:fs/promises'

const ESTABLISHED = '01'

/** Counts the TCP connections of a local process (Linux) to a port. */
export async function countConnections(pid: number, port: number): Promise<number> {
  const [own, toPort] = await Promise.all([readSockets(pid), readSocketsTo(pid, port)])
  return toPort.filter((inode) => own.has(inode)).length
}

/** Inodes of the open sockets of a process. */
async function readSockets(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all(
    // A file that is closed in the meantime does not belong to a lasting connection.
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  )
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}

/** Inodes of all connections to the port in the network namespace of the process. */
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
