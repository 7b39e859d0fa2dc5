import type { Marker } from './find-markers.ts'

/** Where the next tag stands that ends reasoning. Indexes must not fall. */
export function followClosing(markers: Marker[]): (index: number) => number | undefined {
  const closing = markers.filter(({ kind }) => kind === 'closes')
  let position = 0
  return (index) => {
    while ((closing[position]?.index ?? Infinity) < index) position += 1
    return closing[position]?.index
  }
}
