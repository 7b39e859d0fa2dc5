import { Fragment } from 'preact'

/** A long name, such as an API group, that breaks after its dots. */
export function DottedName({ name }: { name: string }) {
  return (
    <>
      {name.split('.').map((part, index) => (
        <Fragment key={index}>
          {index > 0 && (
            <>
              .<wbr />
            </>
          )}
          {part}
        </Fragment>
      ))}
    </>
  )
}
