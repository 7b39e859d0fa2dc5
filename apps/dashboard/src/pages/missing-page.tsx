import { Link } from '../router/link.tsx'

/** Shown for a URL that no page has. */
export function MissingPage() {
  return (
    <div class="empty">
      <strong>There is no such page</strong>
      <span>The link may be wrong or older than this version.</span>
      <Link to="scans" class="button">
        All scans
      </Link>
    </div>
  )
}
