import { Link } from '../router/link.tsx'

/** Shown for a URL that no page has. */
export function MissingPage() {
  return (
    <div class="empty">
      <h1>There is no such page</h1>
      <span>The link may be wrong or older than this version.</span>
      <Link to="scans" class="button">
        All scans
      </Link>
    </div>
  )
}
