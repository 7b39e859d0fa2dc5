/**
 * Orders of the types of a scan: by name; longest first; by the importance of the status, failed first; least confident first;
 * most tokens first. Types without a value come last, and equal ones are ordered by name.
 */
export const ITEM_SORTS = ['resource', 'duration', 'status', 'confidence', 'tokens'] as const
export type ItemSort = (typeof ITEM_SORTS)[number]
