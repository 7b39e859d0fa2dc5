import { createHash, randomUUID } from 'node:crypto'
import type { InstallStep } from './conditions.ts'
import { CrdManifest } from './crd-manifest.ts'
import { setInstallStep, storeCrd, type StoredCrd } from './stored-crd.ts'

export interface CrdEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  crd: StoredCrd
}

// Enough for every client that keeps up. An older watch gets 410 Expired, as after a compaction.
const KEPT_EVENTS = 20_000
const KEPT_SNAPSHOTS = 32

interface KeptCrd {
  stored: StoredCrd
  createdAt: string
  step: InstallStep
}

/** The CRDs of the cluster, their history for watches, and the snapshots for paged lists. */
export class CrdStore {
  private readonly crds = new Map<string, KeptCrd>()
  private readonly snapshots = new Map<number, StoredCrd[]>()
  private readonly listeners = new Set<(event: CrdEvent) => void>()
  private events: CrdEvent[] = []
  private forgottenUpTo = 0
  private readonly stableUids: boolean
  /** The resourceVersion of the newest change. */
  revision = 1

  /**
   * With `stableUids` a manifest has the same uid in every run; otherwise uids are random as in a real
   * cluster.
   */
  constructor(stableUids: boolean) {
    this.stableUids = stableUids
  }

  /** Adds a CRD of the initial cluster, already established, without events. */
  load(manifest: CrdManifest): void {
    this.put(manifest, this.newIdentity(manifest), 'established')
    this.forgottenUpTo = this.revision
  }

  /** Creates or replaces a CRD. Only a changed spec raises the generation; an equal manifest changes nothing. */
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

  /** Toggles a condition, which creates a new resourceVersion of the same generation. */
  changeStatus(name: string): void {
    const known = this.known(name)
    const step = known.step === 'approved' ? 'established' : 'approved'
    this.revision += 1
    this.emit(
      'MODIFIED',
      this.keep({ ...known, stored: setInstallStep(known.stored, this.revision, step), step }),
    )
  }

  /** Deletes a CRD as a server does: first marked as terminating. Throws for an unknown name. */
  delete(name: string): void {
    const known = this.known(name)
    const manifest = CrdManifest.parse({ ...CRD_KIND, ...JSON.parse(known.stored.json) })
    const identity = { ...known.stored, createdAt: known.createdAt }
    this.emit('MODIFIED', this.put(manifest, identity, 'terminating'))
    const gone = this.put(manifest, identity, 'terminating')
    this.crds.delete(name)
    this.emit('DELETED', gone)
  }

  get(name: string): StoredCrd | undefined {
    return this.crds.get(name)?.stored
  }

  /** All CRDs by name, now or when a list at `revision` began. Undefined for an expired revision. */
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

  /** Drops the history, like a compaction: older watches and lists cannot continue. */
  compact(): void {
    this.events = []
    this.snapshots.clear()
    this.forgottenUpTo = this.revision
  }

  /** Events after `revision`; undefined when some of them were dropped. */
  since(revision: number): CrdEvent[] | undefined {
    if (revision < this.forgottenUpTo) return undefined
    return this.events.filter(({ crd }) => crd.resourceVersion > revision)
  }

  /** Calls `listener` for each new event. Returns a function that stops it. */
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
    const uid = this.stableUids ? computeUid(manifest) : randomUUID()
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

export const CRD_KIND = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
}

function computeUid(manifest: CrdManifest): string {
  const hex = createHash('sha256').update(JSON.stringify(manifest)).digest('hex')
  return hex.slice(0, 32).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}
