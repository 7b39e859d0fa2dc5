import type { CrdEntry } from '../reduce/reducer-tasks.ts'

/** What a watch tells of CRDs: first all there are, and again after it lost its place; then each by itself. */
export type CrdChange =
  | { type: 'listed'; crds: CrdEntry[] }
  | { type: 'changed'; crd: CrdEntry }
  | { type: 'deleted'; name: string }
