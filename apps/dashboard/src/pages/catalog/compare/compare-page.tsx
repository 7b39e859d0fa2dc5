import { useEffect } from 'preact/hooks'
import { api } from '../../../data/api.ts'
import { useRequest } from '../../../data/use-request.ts'
import { FirstRead } from '../../../parts/first-read.tsx'
import { Link } from '../../../router/link.tsx'
import { place, setQuery } from '../../../router/location.ts'
import { tabState } from '../../../shell/use-title.ts'
import { ComparedClusters } from './compared-clusters.tsx'

/** Two clusters of the catalog side by side. */
export function ComparePage() {
  const facets = useRequest('clusters', (signal) => api.readFacets({}, signal))
  useEffect(() => {
    tabState.value = { title: 'Compare clusters – Capstan', icon: 'idle' }
  }, [])
  return (
    <>
      <div class="page-head">
        <h1>Compare two clusters</h1>
        <Link to="catalog">Back to the catalog</Link>
      </div>
      {facets.data ? (
        <Pair clusters={Object.keys(facets.data.clusters).toSorted()} />
      ) : (
        <FirstRead state={facets} />
      )}
    </>
  )
}

function Pair({ clusters }: { clusters: string[] }) {
  const { query } = place.value
  const a = query.get('a') ?? clusters[0] ?? ''
  const b = query.get('b') ?? clusters.find((name) => name !== a) ?? ''
  if (clusters.length < 2) return <OneCluster name={clusters[0]} />
  return (
    <>
      <div class="row">
        <ClusterField label="Cluster" name="a" value={a} clusters={clusters} />
        <ClusterField label="With" name="b" value={b} clusters={clusters} />
      </div>
      {a === b ? (
        <p class="muted">Choose another cluster to compare it with.</p>
      ) : (
        <ComparedClusters key={`${a} ${b}`} a={a} b={b} />
      )}
    </>
  )
}

function OneCluster({ name }: { name: string | undefined }) {
  return (
    <div class="card empty">
      <strong>The catalog has {name === undefined ? 'no cluster' : 'one cluster'}</strong>
      <span>A comparison needs the answers of two clusters. Scan another one:</span>
      <code>capstan scan --cluster NAME</code>
    </div>
  )
}

interface ClusterFieldProps {
  label: string
  name: 'a' | 'b'
  value: string
  clusters: string[]
}

function ClusterField({ label, name, value, clusters }: ClusterFieldProps) {
  return (
    <label class="row">
      {label}
      <select
        value={value}
        onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value })}
      >
        {clusters.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  )
}
