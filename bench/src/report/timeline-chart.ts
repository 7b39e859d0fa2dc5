import { pickColor, renderDrawing, WIDTH } from './drawing.ts'
import { escapeXml } from './escape-xml.ts'

export interface TimelineLine {
  name: string
  /** One value per step, from 0 on. */
  values: number[]
}

export interface TimelineChart {
  title: string
  /** Unit of the values. */
  unit: string
  /** Seconds per step. */
  stepSeconds: number
  lines: TimelineLine[]
  /** Shaded range, in seconds. */
  band?: { name: string; from: number; to: number }
}

const HEIGHT = 260
const LEFT = 44
const TOP = 62
const STYLE = [
  '.g{stroke:#8b949e;stroke-width:1;opacity:.35}',
  '@media(prefers-color-scheme:dark){text{fill:#adb6c0}}',
]

/** Renders values over time as SVG text. */
export function renderTimelineChart(chart: TimelineChart): string {
  const steps = Math.max(...chart.lines.map(({ values }) => values.length))
  const seconds = steps * chart.stepSeconds
  const highest = Math.max(1, ...chart.lines.flatMap(({ values }) => values))
  const x = (at: number): number => LEFT + (at / seconds) * (WIDTH - LEFT - 10)
  const y = (value: number): number => TOP + HEIGHT - (value / highest) * HEIGHT
  const parts = [
    drawLegend(chart),
    chart.band ? drawBand(chart.band, x) : '',
    ...[0, 0.5, 1].map((part) => drawLevel(part * highest, y)),
    ...[0, 0.25, 0.5, 0.75].map((part) => drawMoment(part * seconds, x, 'middle')),
    // The last label would be cut off at the edge.
    drawMoment(seconds, x, 'end'),
    ...chart.lines.map(({ values }, index) => drawLine(values, index, { x, y, chart })),
  ]
  const heading = `${chart.title}, ${chart.unit}`
  return renderDrawing({
    label: chart.title,
    heading,
    height: TOP + HEIGHT + 26,
    style: STYLE,
    parts,
  })
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
  return `<polyline fill="none" stroke="${pickColor(index)}" stroke-width="2" points="${points}"/>`
}

function drawLevel(value: number, y: Scale): string {
  const at = y(value).toFixed(1)
  return `<line class="g" x1="${LEFT}" x2="${WIDTH - 10}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${Math.round(value)}</text>`
}

function drawMoment(second: number, x: Scale, anchor: 'middle' | 'end'): string {
  return `<text x="${x(second).toFixed(1)}" y="${TOP + HEIGHT + 18}" text-anchor="${anchor}">${Math.round(second)} s</text>`
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
      const color = index < lines.length ? pickColor(index) : '#cf222e'
      const mark = `<rect fill="${color}" x="${x}" y="34" width="12" height="12"/>`
      const text = `<text x="${x + 18}" y="45">${escapeXml(name)}</text>`
      x += 44 + name.length * 7
      return mark + text
    })
    .join('')
}
