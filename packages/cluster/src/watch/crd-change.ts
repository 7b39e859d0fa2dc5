/** Name, uid and generation of a CRD: they show whether it changed. */
export interface CrdEntry {
  name: string
  uid: string
  generation: number
}

/** A change of CRDs. `listed` has all CRDs: at the start, and after the watch has lost its resource version. */
export type CrdChange =
  | { type: 'listed'; crds: CrdEntry[] }
  | { type: 'changed'; crd: CrdEntry }
  | { type: 'deleted'; name: string }
