/** Whether an index lies inside of one of these strings, which are in order. Indexes must not fall. */
export function followStrings(strings: [from: number, to: number][]): (index: number) => boolean {
  let position = 0
  return (index) => {
    while ((strings[position]?.[1] ?? Infinity) <= index) position += 1
    const from = strings[position]?.[0]
    return from !== undefined && from < index
  }
}
