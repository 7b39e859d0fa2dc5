import { hash } from 'node:crypto'
import type { Capability } from '@capstan/shared/contract/capability'

/** `Kind.group`, core types the bare `Kind`: how dot-ai and its controller name a type. */
export function compatName({ kind, group }: Pick<Capability, 'kind' | 'group'>): string {
  return group === '' ? kind : `${kind}.${group}`
}

/** The id that dot-ai gives a type of this name; its stored ids are found again by it. */
export function compatId(name: string): string {
  const hex = hash('sha256', `capability-${name}`)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-')
}
