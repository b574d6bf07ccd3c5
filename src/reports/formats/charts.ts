import { Resvg } from '@resvg/resvg-js'
import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Document, Table } from './document.ts'
import { FONT_FAMILY, FONT_FILE } from './fonts.ts'

use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

export const CHART_WIDTH_PX = 720
export const CHART_HEIGHT_PX = 360
const BARS_MAX = 12
/** Told apart also where no colour is seen: dark, middle, light. */
const COLOURS = ['#1f4e79', '#5b9bd5', '#c55a11', '#a9d18e']

export type Chart = { id: string; title: string; svg: string }

/** The funnel, and supply against demand, as pictures. The same document gives the same bytes. */
export const drawCharts = ({ tables }: Document): Chart[] =>
  [
    { table: tables.find(({ id }) => id === 'funnel'), columns: [1] },
    { table: tables.find(({ id }) => id === 'problems'), columns: [1, 2, 4] },
  ].flatMap(({ table, columns }) =>
    table && table.rows.length > 0 ? [{ id: table.id, title: table.title, svg: drawBars(table, columns) }] : [],
  )

const drawBars = (table: Table, columns: number[]): string => {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: CHART_WIDTH_PX, height: CHART_HEIGHT_PX })
  const rows = table.rows.slice(0, BARS_MAX)
  chart.setOption({
    animation: false,
    color: COLOURS,
    textStyle: { fontFamily: FONT_FAMILY },
    title: { text: table.title, left: 'center', textStyle: { fontSize: 15, fontFamily: FONT_FAMILY } },
    legend: { show: columns.length > 1, bottom: 0 },
    grid: { left: 60, right: 20, top: 40, bottom: columns.length > 1 ? 110 : 80 },
    xAxis: {
      type: 'category',
      data: rows.map(row => String(row[0] ?? '')),
      axisLabel: { rotate: 30, interval: 0, width: 90, overflow: 'truncate' },
    },
    yAxis: { type: 'value', minInterval: 1 },
    series: columns.map(column => ({
      type: 'bar',
      name: table.columns[column]?.label ?? '',
      data: rows.map(row => row[column] ?? 0),
      label: { show: columns.length === 1, position: 'top' },
    })),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  // The classes for a pointer over a bar are numbered through all drawings of a process, and nobody points at paper.
  return svg
    .replace(/<style[^]*?<\/style>/g, '')
    .replace(/ class="zr\d+-cls-\d+"/g, '')
    .replace(/zr\d+-/g, 'zr-')
}

/** The picture in points, twice as fine as it is shown. */
export const toPng = ({ svg }: Chart): Buffer =>
  new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    background: '#ffffff',
    font: { fontFiles: [FONT_FILE], loadSystemFonts: false, defaultFontFamily: FONT_FAMILY },
  })
    .render()
    .asPng()
