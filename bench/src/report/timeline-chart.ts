import { escapeXml } from './escape-xml.ts'

export interface Line {
  name: string
  /** One value a step, from 0 on. */
  values: number[]
}

export interface TimelineChart {
  title: string
  /** Of the values. */
  unit: string
  /** Seconds of one step. */
  stepSeconds: number
  lines: Line[]
  /** Shaded stretch of time, in seconds. */
  band?: { name: string; from: number; to: number }
}

const WIDTH = 760
const HEIGHT = 260
const LEFT = 44
const TOP = 62
const COLORS = ['#2f81f7', '#e16f24', '#8250df', '#1a7f37', '#cf222e', '#d4a72c']
const STYLE = [
  'text{font:13px system-ui,sans-serif;fill:#4b535d}',
  '.t{font-weight:600;font-size:15px}',
  '.g{stroke:#8b949e;stroke-width:1;opacity:.35}',
  '@media(prefers-color-scheme:dark){text{fill:#adb6c0}}',
].join('')

/** Values over time as SVG text. Readable on light and dark pages, no script, no font of its own. */
export function timelineChart(chart: TimelineChart): string {
  const steps = Math.max(...chart.lines.map(({ values }) => values.length))
  const seconds = steps * chart.stepSeconds
  const highest = Math.max(1, ...chart.lines.flatMap(({ values }) => values))
  const x = (at: number): number => LEFT + (at / seconds) * (WIDTH - LEFT - 10)
  const y = (value: number): number => TOP + HEIGHT - (value / highest) * HEIGHT
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${TOP + HEIGHT + 26}" role="img" aria-label="${escapeXml(chart.title)}">`,
    `<style>${STYLE}</style>`,
    `<text class="t" x="0" y="18">${escapeXml(`${chart.title}, ${chart.unit}`)}</text>`,
    drawLegend(chart),
    chart.band ? drawBand(chart.band, x) : '',
    ...[0, 0.5, 1].map((part) => drawLevel(part * highest, y)),
    ...[0, 0.25, 0.5, 0.75, 1].map((part) => drawMoment(part * seconds, x)),
    ...chart.lines.map(({ values }, index) => drawLine(values, index, { x, y, chart })),
    '</svg>',
    '',
  ].join('\n')
}

type Scale = (value: number) => number

function drawLine(
  values: number[],
  index: number,
  { x, y, chart }: { x: Scale; y: Scale; chart: TimelineChart },
): string {
  const points = values
    .map(
      (value, step) => `${x((step + 0.5) * chart.stepSeconds).toFixed(1)},${y(value).toFixed(1)}`,
    )
    .join(' ')
  return `<polyline fill="none" stroke="${colorOf(index)}" stroke-width="2" points="${points}"/>`
}

function drawLevel(value: number, y: Scale): string {
  const at = y(value).toFixed(1)
  return `<line class="g" x1="${LEFT}" x2="${WIDTH - 10}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${Math.round(value)}</text>`
}

function drawMoment(second: number, x: Scale): string {
  return `<text x="${x(second).toFixed(1)}" y="${TOP + HEIGHT + 18}" text-anchor="middle">${Math.round(second)} s</text>`
}

function drawBand({ from, to }: NonNullable<TimelineChart['band']>, x: Scale): string {
  const [left, right] = [x(from), x(to)]
  return `<rect fill="#cf222e" opacity=".15" x="${left.toFixed(1)}" y="${TOP}" width="${(right - left).toFixed(1)}" height="${HEIGHT}"/>`
}

function drawLegend({ lines, band }: TimelineChart): string {
  const names = [...lines.map(({ name }) => name), ...(band ? [band.name] : [])]
  let x = LEFT
  return names
    .map((name, index) => {
      const color = index < lines.length ? colorOf(index) : '#cf222e'
      const mark = `<rect fill="${color}" x="${x}" y="34" width="12" height="12"/>`
      const text = `<text x="${x + 18}" y="45">${escapeXml(name)}</text>`
      x += 44 + name.length * 7
      return mark + text
    })
    .join('')
}

function colorOf(index: number): string {
  return COLORS[index % COLORS.length] ?? '#2f81f7'
}
