import type { CrdChange } from '@capstan/cluster/watch/crd-change'

type CrdEntry = Extract<CrdChange, { type: 'changed' }>['crd']

/** What has happened to types and is not dealt with yet, against what has been dealt with. */
export class PendingChanges {
  /** Type -> version of its definition, as dealt with. */
  readonly done: Map<string, string>
  readonly changed = new Map<string, string>()
  readonly gone = new Set<string>()
  /** Custom types that exist now. */
  readonly custom = new Set<string>()

  constructor(done: Map<string, string>) {
    this.done = done
  }

  get size(): number {
    return this.changed.size + this.gone.size
  }

  note(told: CrdChange): void {
    if (told.type === 'deleted') this.noteGone(told.name)
    else if (told.type === 'changed') this.noteCrd(told.crd)
    else this.noteList(told.crds)
  }

  /** A type at a version of its definition; the version that was dealt with is no change. */
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

  /** Unless it has changed again meanwhile. */
  settle(resource: string, version: string): void {
    this.done.set(resource, version)
    if (this.changed.get(resource) === version) this.changed.delete(resource)
  }

  settleGone(resource: string): void {
    this.done.delete(resource)
    this.gone.delete(resource)
  }

  /** Nothing can be done about it now; it is not forgotten that the type was there. */
  leaveGone(resource: string): void {
    this.gone.delete(resource)
  }

  private noteCrd(crd: CrdEntry): void {
    this.custom.add(crd.name)
    this.noteVersion(crd.name, versionOf(crd))
  }

  private noteList(crds: CrdEntry[]): void {
    const before = [...this.done.entries(), ...this.changed.entries()]
    this.custom.clear()
    for (const crd of crds) this.noteCrd(crd)
    for (const [resource, version] of before) {
      if (isOfCrd(version) && !this.custom.has(resource)) this.noteGone(resource)
    }
  }
}

const SERVED = 'served '

/** A status update changes neither; a CRD that was deleted and made again has another uid. */
function versionOf({ uid, generation }: CrdEntry): string {
  return `crd ${uid} ${generation}`
}

/** The version of a type that no CRD defines, of which only its API version is known. */
export function servedVersion(version: string): string {
  return SERVED + version
}

export function isOfCrd(version: string): boolean {
  return !version.startsWith(SERVED)
}
