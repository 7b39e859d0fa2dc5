import type { CrdChange } from '@capstan/cluster/watch/crd-change'

type CrdEntry = Extract<CrdChange, { type: 'changed' }>['crd']

/** Unprocessed changes of types, relative to the last processed versions. */
export class PendingChanges {
  /** Processed definition version by type. */
  readonly done: Map<string, string>
  readonly changed = new Map<string, string>()
  readonly gone = new Set<string>()
  /** Names of existing custom types. */
  readonly custom = new Set<string>()

  constructor(done: Map<string, string>) {
    this.done = done
  }

  get size(): number {
    return this.changed.size + this.gone.size
  }

  note(change: CrdChange): void {
    if (change.type === 'deleted') this.noteGone(change.name)
    else if (change.type === 'changed') this.noteCrd(change.crd)
    else this.noteList(change.crds)
  }

  /** Records the current version of a type. The processed version is not a change. */
  noteVersion(resource: string, version: string): void {
    this.gone.delete(resource)
    if (this.done.get(resource) === version) this.changed.delete(resource)
    else this.changed.set(resource, version)
  }

  noteGone(resource: string): void {
    this.custom.delete(resource)
    this.changed.delete(resource)
    if (this.done.has(resource)) this.gone.add(resource)
  }

  /** Marks a version as processed. A newer change stays pending. */
  settle(resource: string, version: string): void {
    this.done.set(resource, version)
    if (this.changed.get(resource) === version) this.changed.delete(resource)
  }

  settleGone(resource: string): void {
    this.done.delete(resource)
    this.gone.delete(resource)
  }

  /** Drops a removal that cannot be processed now. The type stays known. */
  leaveGone(resource: string): void {
    this.gone.delete(resource)
  }

  private noteCrd(crd: CrdEntry): void {
    this.custom.add(crd.name)
    this.noteVersion(crd.name, formatCrdVersion(crd))
  }

  private noteList(crds: CrdEntry[]): void {
    const before = [...this.done.entries(), ...this.changed.entries()]
    this.custom.clear()
    for (const crd of crds) this.noteCrd(crd)
    for (const [resource, version] of before) {
      if (isCrdVersion(version) && !this.custom.has(resource)) this.noteGone(resource)
    }
  }
}

const SERVED = 'served '

/** A status update changes neither uid nor generation. A recreated CRD has another uid. */
function formatCrdVersion({ uid, generation }: CrdEntry): string {
  return `crd ${uid} ${generation}`
}

/** Version of a type without a CRD, of which only the API version is known. */
export function formatServedVersion(version: string): string {
  return SERVED + version
}

export function isCrdVersion(version: string): boolean {
  return !version.startsWith(SERVED)
}
