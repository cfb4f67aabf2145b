// The drawing of a chart by day: where lines, bars and labels stand. The view prints it as SVG.
import { scaleBand, scaleLinear } from 'd3-scale'
import { area, line } from 'd3-shape'

export interface ChartDay {
  /** "1 Dec". */
  label: string
  value: number
  /** On the same day of the range before. */
  before: number
  /** What the bar says when it is pointed at. */
  title: string
}

export interface DayChart {
  width: number
  height: number
  /** Bars for up to a month, otherwise the line of `now` and what is below it. */
  bars: { x: number; y: number; width: number; height: number; title: string }[]
  now: string
  below: string
  before: string
  /** Where zero is. */
  zero: number
  left: number
  right: number
  values: { y: number; text: string }[]
  labels: { x: number; text: string; anchor: 'start' | 'middle' | 'end' }[]
}

/** Of wide and of narrow screens. The view shows the one that fits: scaled, its letters would be too small. */
const SIZES = [
  { width: 760, height: 250, labels: 8 },
  { width: 340, height: 220, labels: 3 },
] as const

const MOST_BARS = 31
const MARGIN = { top: 12, right: 8, bottom: 26, left: 58 }

/** @param format what stands at the axis */
export function dayCharts(days: readonly ChartDay[], format: (value: number) => string): DayChart[] {
  return SIZES.map((size) => dayChart(days, format, size))
}

function dayChart(
  days: readonly ChartDay[],
  format: (value: number) => string,
  { width, height, labels }: (typeof SIZES)[number],
): DayChart {
  const values = days.flatMap(({ value, before }) => [value, before])
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)]
  const y = scaleLinear(
    [least, most === least ? least + 1 : most],
    [height - MARGIN.bottom, MARGIN.top],
  ).nice(4)
  const x = scaleBand(
    days.map((_, index) => index),
    [MARGIN.left, width - MARGIN.right],
  ).padding(days.length > MOST_BARS ? 0 : 0.25)
  const middle = (index: number) => (x(index) ?? 0) + x.bandwidth() / 2
  const pathOf = (value: (day: ChartDay) => number) =>
    line<ChartDay>()
      .x((_, index) => rounded(middle(index)))
      .y((day) => rounded(y(value(day))))([...days]) ?? ''
  const hasBars = days.length <= MOST_BARS
  return {
    ...{ width, height },
    bars: hasBars
      ? days.map(({ value, title }, index) => ({
          x: rounded(x(index) ?? 0),
          y: rounded(Math.min(y(value), y(0))),
          width: rounded(x.bandwidth()),
          height: rounded(Math.abs(y(value) - y(0))),
          title,
        }))
      : [],
    now: hasBars ? '' : pathOf(({ value }) => value),
    below: hasBars
      ? ''
      : (area<ChartDay>()
          .x((_, index) => rounded(middle(index)))
          .y0(rounded(y(0)))
          .y1(({ value }) => rounded(y(value)))([...days]) ?? ''),
    before: pathOf(({ before }) => before),
    zero: rounded(y(0)),
    left: MARGIN.left,
    right: width - MARGIN.right,
    values: y.ticks(4).map((value) => ({ y: rounded(y(value)), text: format(value) })),
    labels: labelled(days.length, labels).map((index, place, all) => ({
      x: rounded(middle(index)),
      text: days[index]?.label ?? '',
      anchor:
        all.length > 1 && place === all.length - 1 ? 'end' : place === 0 && !hasBars ? 'start' : 'middle',
    })),
  }
}

/** Which days get a label: the first, the last, and some between at equal distances. */
function labelled(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index)
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)))
}

const rounded = (value: number) => Math.round(value * 10) / 10
