import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus, getPriority, loadavg, platform, totalmem } from 'node:os'
import { join } from 'node:path'
import { renderMarkdownTable, type Row } from './table.ts'

export interface BenchmarkPage {
  /** Scenario name; also the file name. */
  name: string
  title: string
  /** Description of comparison and method. Markdown. */
  method: string
  rows: Row[]
  /** Tables below the first one, each with its own text. */
  moreTables?: { text: string; rows: Row[] }[]
  plots: { file: string; alt: string; svg: string }[]
  /** Interpretation of the figures, good and bad. Markdown. */
  findings: string
  /** The command line that created this page. */
  command: string
}

/** Writes `<name>.md` with its plots into the folder. Returns its path. */
export async function writePage(page: BenchmarkPage, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const plot of page.plots) await writeFile(join(folder, plot.file), plot.svg)
  const path = join(folder, `${page.name}.md`)
  await writeFile(path, render(page))
  return path
}

function render(page: BenchmarkPage): string {
  return [
    `# ${page.title}`,
    page.method,
    ...page.plots.map((plot) => `![${plot.alt}](${plot.file})`),
    renderMarkdownTable(page.rows),
    ...(page.moreTables ?? []).flatMap(({ text, rows }) => [text, renderMarkdownTable(rows)]),
    '## Findings',
    page.findings,
    '## How it was made',
    `\`${page.command}\`\n\n${describeMachine()}`,
  ]
    .join('\n\n')
    .concat('\n')
}

/** The load is stated, because figures from a busy machine are worse. */
function describeMachine(): string {
  const day = new Date().toISOString().slice(0, 10)
  const cores = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}`
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const load = loadavg().map((value) => value.toFixed(1))
  return [
    `On ${day}, Node ${process.version}, ${platform()} ${arch()}, ${cores}, ${memory}, at scheduling priority (nice) ${getPriority()}.`,
    `Load of the machine at the end, over 1, 5 and 15 minutes: ${load.join(', ')} (all of it, also what has nothing to do with this).`,
    'Everything runs on this one machine: simulators, Redis, API, workers. Compare ratios inside the table, not times with other pages.',
  ].join(' ')
}
