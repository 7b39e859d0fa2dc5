import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus, platform, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { markdownTable, type Row } from './table.ts'

export interface BenchmarkPage {
  /** Scenario name; also the file name. */
  name: string
  title: string
  /** What was compared with what, and how. Markdown. */
  method: string
  rows: Row[]
  plots: { file: string; alt: string; svg: string }[]
  /** What the figures say, the bad with the good. Markdown. */
  findings: string
  /** The command line that made this page. */
  command: string
}

const DOCS = fileURLToPath(new URL('../../../docs/benchmarks/', import.meta.url))

/** Writes docs/benchmarks/<name>.md with its plots and answers the path. */
export async function writePage(page: BenchmarkPage): Promise<string> {
  await mkdir(DOCS, { recursive: true })
  for (const plot of page.plots) await writeFile(`${DOCS}${plot.file}`, plot.svg)
  const path = `${DOCS}${page.name}.md`
  await writeFile(path, render(page))
  return path
}

function render(page: BenchmarkPage): string {
  return [
    `# ${page.title}`,
    page.method,
    ...page.plots.map((plot) => `![${plot.alt}](${plot.file})`),
    markdownTable(page.rows),
    page.findings,
    `Made by \`${page.command}\` on ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB. One run of one machine: compare ratios inside the table, not absolute times with other pages.`,
    '',
  ].join('\n\n')
}
