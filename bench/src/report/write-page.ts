import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus, getPriority, loadavg, platform, totalmem } from 'node:os'
import { join } from 'node:path'
import { renderMarkdownTable, type Row } from './table.ts'

export interface BenchmarkPage {
  /** Scenario name; also the file name. */
  name: string
  title: string
  /** What was compared with what, and how. Markdown. */
  method: string
  rows: Row[]
  /** Below the first one, each under its own words. */
  moreTables?: { text: string; rows: Row[] }[]
  plots: { file: string; alt: string; svg: string }[]
  /** What the figures say, the bad with the good. Markdown. */
  findings: string
  /** The command line that made this page. */
  command: string
}

/** Writes `<name>.md` with its plots into the folder and answers the path. */
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
    '## What it says',
    page.findings,
    '## How it was made',
    `\`${page.command}\`\n\n${machine()}`,
  ]
    .join('\n\n')
    .concat('\n')
}

/** The load is told because a page made on a busy machine looks worse than the code is. */
function machine(): string {
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
