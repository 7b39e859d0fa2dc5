/** Orders of the types of a scan, other than by name. */
export const ITEM_SORTS = ['duration'] as const
