/** Grey lines while something is read for the first time. */
export function Loading() {
  return (
    <div class="page-skeleton" aria-busy="true">
      <span class="skeleton" />
      <span class="skeleton" />
      <span class="skeleton" />
    </div>
  )
}
