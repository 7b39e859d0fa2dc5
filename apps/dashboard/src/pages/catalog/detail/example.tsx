import { api } from '../../../data/api.ts'
import { useRequest } from '../../../data/use-request.ts'
import { CopyButton } from '../../../parts/copy-button.tsx'

interface ExampleProps {
  cluster: string
  resource: string
}

/** A minimal manifest of the type. Hidden when the server has none, as for a type that the cluster no longer has. */
export function Example({ cluster, resource }: ExampleProps) {
  const { data } = useRequest(`${cluster} ${resource}`, (signal) =>
    api.readExample(cluster, resource, signal),
  )
  if (data === undefined) return null
  return (
    <section aria-labelledby="example">
      <div class="row">
        <h3 id="example">A minimal example</h3>
        <CopyButton text={data} label="Copy the example" />
      </div>
      <pre tabIndex={0}>{data}</pre>
    </section>
  )
}
