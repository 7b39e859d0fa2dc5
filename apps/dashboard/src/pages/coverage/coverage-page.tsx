import { useEffect } from 'preact/hooks'
import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'
import { api } from '../../data/api.ts'
import { formatCurl } from '../../data/format-curl.ts'
import { SERVER } from '../../data/request.ts'
import { isAllowed } from '../../data/is-allowed.ts'
import { useRequest } from '../../data/use-request.ts'
import { CopyAs } from '../../parts/copy-as.tsx'
import { FirstRead } from '../../parts/first-read.tsx'
import { place, setQuery } from '../../router/location.ts'
import { tabState } from '../../shell/use-title.ts'
import { CoverageSummary } from './coverage-summary.tsx'
import { GroupBlock } from './group-block.tsx'
import { GroupDrawer } from './group-drawer.tsx'
import { groupTypes } from './group-types.ts'
import { readCoverage, readScanFacts } from './read-coverage.ts'
import { Unavailable } from './unavailable.tsx'

const NOTHING = { failed: new Set<string>(), excluded: new Map<string, string>() }

/** How much of a cluster the catalog covers, by API group. */
export function CoveragePage() {
  const { query } = place.value
  const cluster = query.get('cluster') ?? undefined
  const opened = query.get('group')
  const key = cluster ?? ''
  const read = useRequest(key, (signal) => readCoverage(cluster, signal))
  const facts = useRequest(key, (signal) => readScanFacts(cluster, isAllowed('operator'), signal))
  useEffect(() => {
    tabState.value = { title: 'Coverage – Capstan', icon: 'idle' }
  }, [])
  const groups = groupTypes(read.data?.types ?? [], facts.data ?? NOTHING)
  const found = groups.find(({ group }) => group === (opened === 'core' ? '' : opened))
  return (
    <>
      <div class="page-head">
        <h1>Coverage</h1>
        <ClusterField cluster={key} />
      </div>
      {read.data === undefined && <FirstRead state={read} />}
      {read.data && (
        <>
          <Unavailable coverage={read.data} onRetry={read.reload} />
          <CoverageSummary groups={groups} />
          <div class="groups">
            {groups.map((one) => (
              <GroupBlock key={one.group} group={one} />
            ))}
          </div>
          <CoverageCommands cluster={cluster} />
        </>
      )}
      {found && <GroupDrawer group={found} cluster={cluster} />}
    </>
  )
}

function CoverageCommands({ cluster }: { cluster: string | undefined }) {
  const words = ['capstan', 'get', 'resources', '--server', SERVER]
  if (cluster !== undefined) words.push('--cluster', cluster)
  const query = cluster === undefined ? '' : `?${new URLSearchParams({ cluster }).toString()}`
  return <CopyAs curl={formatCurl(`resources${query}`)} cli={words.map(quoteShellWord).join(' ')} />
}

function ClusterField({ cluster }: { cluster: string }) {
  const facets = useRequest('clusters', (signal) => api.readFacets({}, signal))
  const known = Object.keys(facets.data?.clusters ?? {}).toSorted()
  if (known.length < 2 && cluster === '') return null
  return (
    <label class="row">
      Cluster
      <select
        value={cluster}
        onChange={({ currentTarget }) => setQuery({ cluster: currentTarget.value })}
      >
        <option value="">the configured one</option>
        {[...new Set([...known, cluster])]
          .filter((name) => name !== '')
          .map((name) => (
            <option key={name}>{name}</option>
          ))}
      </select>
    </label>
  )
}
