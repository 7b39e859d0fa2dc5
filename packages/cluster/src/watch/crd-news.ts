import type { CrdEntry } from '../reduce/tasks.ts'

/** What a watch tells of CRDs: first all there are, and again after it lost its place; then each by itself. */
export type CrdNews =
  | { news: 'listed'; crds: CrdEntry[] }
  | { news: 'seen'; crd: CrdEntry }
  | { news: 'gone'; name: string }
