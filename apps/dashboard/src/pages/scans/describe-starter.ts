import type { Scan } from '@capstan/shared/contract/scan/scan'

/** The person or program that has started a scan. */
export interface Starter {
  kind: 'schedule' | 'watcher' | 'agent' | 'person'
  /** Name without its kind. */
  name: string
}

/** Reads who or what has started a scan, from its creator and its labels. */
export function describeStarter({
  createdBy,
  labels,
}: Pick<Scan, 'createdBy' | 'labels'>): Starter {
  if (createdBy.startsWith('schedule:'))
    return { kind: 'schedule', name: createdBy.slice('schedule:'.length) }
  if (createdBy === 'watcher') return { kind: 'watcher', name: 'changes of the cluster' }
  const name = createdBy.replace(/^token:/, '')
  const agent = labels['agent']
  if (agent !== undefined) return { kind: 'agent', name: agent === '' ? name : agent }
  return { kind: 'person', name }
}
