/** A row of the height of a scan, while scans are read for the first time. */
export function ScanRowSkeleton({ columns }: { columns: number }) {
  return (
    <tr aria-hidden="true">
      {Array.from({ length: columns }, (_, index) => (
        <td key={index}>
          <span class="skeleton" style={{ width: `${50 + ((index * 37) % 45)}%` }} />
        </td>
      ))}
    </tr>
  )
}
