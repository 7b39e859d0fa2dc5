import { hash } from 'node:crypto'
import type { Capability } from '@capstan/shared/contract/capability'

/** Formats the name of a type in dot-ai and its controller: `Kind.group`, or `Kind` for core types. */
export function formatCompatName({ kind, group }: Pick<Capability, 'kind' | 'group'>): string {
  return group === '' ? kind : `${kind}.${group}`
}

/** Creates the id of dot-ai for a type name, so that stored ids stay valid. */
export function createCompatId(name: string): string {
  const hex = hash('sha256', `capability-${name}`)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-')
}
