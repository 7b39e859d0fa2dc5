/** Builds the path of the page of a scan in the dashboard. */
export function buildUiScanPath(scanId: string): string {
  return `/ui/scans/${scanId}`
}

/** Builds the path of the page of one type of a scan. */
export function buildUiItemPath(scanId: string, resource: string): string {
  return `${buildUiScanPath(scanId)}?item=${encodeURIComponent(resource)}`
}
