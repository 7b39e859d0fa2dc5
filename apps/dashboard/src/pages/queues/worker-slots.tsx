/** More slots than this are drawn as a number alone. */
const MOST_DRAWN = 24

/** Slots of a worker, the busy ones filled. */
export function WorkerSlots({ active, slots }: { active: number; slots: number }) {
  return (
    <span class="row">
      {slots <= MOST_DRAWN && (
        <span class="slots" aria-hidden="true">
          {Array.from({ length: slots }, (_, index) => (
            <i key={index} class={index < active ? 'busy-slot' : undefined} />
          ))}
        </span>
      )}
      <span>
        {active} of {slots}
      </span>
    </span>
  )
}
