import { createHash, randomUUID } from 'node:crypto'
import type { InstallStep } from './conditions.ts'
import { CrdManifest } from './crd-manifest.ts'
import { atStep, storeCrd, type StoredCrd } from './stored-crd.ts'

export interface CrdEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  crd: StoredCrd
}

// Enough for every client that keeps up; an older watch is told 410 Expired, as after a compaction.
const KEPT_EVENTS = 20_000
const KEPT_SNAPSHOTS = 32

interface KeptCrd {
  stored: StoredCrd
  createdAt: string
  step: InstallStep
}

/** The CRDs of the cluster, their history for watches, and the snapshots that pages are cut from. */
export class CrdStore {
  private readonly crds = new Map<string, KeptCrd>()
  private readonly snapshots = new Map<number, StoredCrd[]>()
  private readonly listeners = new Set<(event: CrdEvent) => void>()
  private events: CrdEvent[] = []
  private forgottenUpTo = 0
  private readonly stableUids: boolean
  /** The resourceVersion of the newest change. */
  revision = 1

  /** `stableUids`: the same manifest gets the same uid in every run, else a random one as in a real cluster. */
  constructor(stableUids: boolean) {
    this.stableUids = stableUids
  }

  /** Puts a CRD of the start cluster in place: established long ago, so no events. */
  load(manifest: CrdManifest): void {
    this.put(manifest, this.newIdentity(manifest), 'established')
    this.forgottenUpTo = this.revision
  }

  /** Creates or replaces. Only a change of the spec raises the generation; an equal manifest changes nothing. */
  apply(manifest: CrdManifest): void {
    const known = this.crds.get(manifest.metadata.name)
    if (!known) return this.install(manifest)
    const { uid, generation, specHash, resourceVersion } = known.stored
    const identity = { uid, generation, resourceVersion, createdAt: known.createdAt }
    const same = storeCrd(manifest, identity, known.step)
    if (same.json === known.stored.json) return
    const next = same.specHash === specHash ? generation : generation + 1
    this.emit('MODIFIED', this.put(manifest, { ...identity, generation: next }, known.step))
  }

  /** A condition comes, or goes again: a new version of the object, of the same generation. */
  changeStatus(name: string): void {
    const known = this.known(name)
    const step = known.step === 'approved' ? 'established' : 'approved'
    this.revision += 1
    this.emit(
      'MODIFIED',
      this.keep({ ...known, stored: atStep(known.stored, this.revision, step), step }),
    )
  }

  /** Deletes as a server does: marked as terminating first. Throws when there is no such CRD. */
  delete(name: string): void {
    const known = this.known(name)
    const manifest = CrdManifest.parse({ ...KIND_OF_CRD, ...JSON.parse(known.stored.json) })
    const identity = { ...known.stored, createdAt: known.createdAt }
    this.emit('MODIFIED', this.put(manifest, identity, 'terminating'))
    const gone = this.put(manifest, identity, 'terminating')
    this.crds.delete(name)
    this.emit('DELETED', gone)
  }

  get(name: string): StoredCrd | undefined {
    return this.crds.get(name)?.stored
  }

  /** All CRDs by name: now, or as they were when a list at `revision` began. Undefined: too long ago. */
  list(revision = this.revision): StoredCrd[] | undefined {
    const kept = this.snapshots.get(revision)
    if (kept || revision !== this.revision) return kept
    const now = [...this.crds.values()].map(({ stored }) => stored)
    now.sort((a, b) => (a.name < b.name ? -1 : 1))
    this.snapshots.set(revision, now)
    const oldest = this.snapshots.keys().next().value
    if (this.snapshots.size > KEPT_SNAPSHOTS && oldest !== undefined) this.snapshots.delete(oldest)
    return now
  }

  /** Forgets what has happened until now, as a compaction does: an older watch or list cannot go on. */
  compact(): void {
    this.events = []
    this.snapshots.clear()
    this.forgottenUpTo = this.revision
  }

  /** Events after `revision`; undefined when some of them are forgotten. */
  since(revision: number): CrdEvent[] | undefined {
    if (revision < this.forgottenUpTo) return undefined
    return this.events.filter(({ crd }) => crd.resourceVersion > revision)
  }

  /** Calls `listener` for each event from now on; answers how to stop. */
  listen(listener: (event: CrdEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private known(name: string): KeptCrd {
    const known = this.crds.get(name)
    if (!known) throw new Error(`the simulated cluster has no CRD ${name}`)
    return known
  }

  private install(manifest: CrdManifest): void {
    const identity = this.newIdentity(manifest)
    this.emit('ADDED', this.put(manifest, identity, 'created'))
    this.emit('MODIFIED', this.put(manifest, identity, 'accepted'))
    this.emit('MODIFIED', this.put(manifest, identity, 'established'))
  }

  private newIdentity(manifest: CrdManifest) {
    const uid = this.stableUids ? uidOf(manifest) : randomUUID()
    return { uid, generation: 1, createdAt: `${new Date().toISOString().slice(0, 19)}Z` }
  }

  private put(
    manifest: CrdManifest,
    identity: { uid: string; generation: number; createdAt: string },
    step: InstallStep,
  ): StoredCrd {
    this.revision += 1
    const stored = storeCrd(manifest, { ...identity, resourceVersion: this.revision }, step)
    return this.keep({ stored, createdAt: identity.createdAt, step })
  }

  private keep(crd: KeptCrd): StoredCrd {
    this.crds.set(crd.stored.name, crd)
    return crd.stored
  }

  private emit(type: CrdEvent['type'], crd: StoredCrd): void {
    const event = { type, crd }
    this.events.push(event)
    if (this.events.length > KEPT_EVENTS) {
      this.forgottenUpTo = this.events.shift()?.crd.resourceVersion ?? 0
    }
    for (const listener of this.listeners) listener(event)
  }
}

export const KIND_OF_CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
}

function uidOf(manifest: CrdManifest): string {
  const hex = createHash('sha256').update(JSON.stringify(manifest)).digest('hex')
  return hex.slice(0, 32).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}
