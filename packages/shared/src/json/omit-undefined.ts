/** Returns a copy without undefined members, for interfaces that distinguish absent from undefined members. */
export function omitUndefined<T extends object>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  // oxlint-disable-next-line typescript/consistent-type-assertions -- fromEntries loses the names; only undefined members are gone
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
