import type { EChartsOption } from 'echarts'

/** Colours that keep their contrast on white and on the dark ground alike; text takes the page's own. */
export const COLOURS = { first: '#2f7fd6', second: '#c77d1a', third: '#3f9d63' } as const
const TEXT = { color: 'currentColor', fontSize: 13 } as const
/** The width of a text is guessed where no font is at hand, for Latin letters too small: room is left, and long labels are broken. */
const LABEL = { ...TEXT, width: 190, overflow: 'break' } as const
const LABEL_LEFT_PX = 30

type Frame = { widthPx: number; heightPx: number; title: string; description: string }

/**
 * A chart as an SVG that stands in the page: no script, no inline style (a strict content policy drops both), a title and
 * a description for those who do not see it. The library is loaded when the first chart is drawn: it is large.
 */
export const drawChart = async (option: EChartsOption, frame: Frame): Promise<string> => {
  const { init } = await import('echarts')
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: frame.widthPx, height: frame.heightPx })
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option })
    return embed(chart.renderToSVGString(), frame)
  } finally {
    // It keeps a timer, and with it the process, until it is told.
    chart.dispose()
  }
}

const ATTRIBUTES = new Set(['font-size', 'font-weight', 'font-family', 'font-style'])

const embed = (svg: string, { widthPx, heightPx, title, description }: Frame): string =>
  svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ style="([^"]*)"/g, (_, declarations: string) => asAttributes(declarations))
    .replace(/ class="[^"]*"/g, '')
    .replace(
      /^<svg[^>]*>/,
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${widthPx} ${heightPx}" role="img" class="chart"><title>${escape(title)}</title><desc>${escape(description)}</desc>`,
    )

const asAttributes = (declarations: string): string =>
  declarations
    .split(';')
    .map(declaration => declaration.split(':').map(text => text.trim()))
    .filter(([name = '', value = '']) => ATTRIBUTES.has(name) && value !== 'inherit')
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('')

const escape = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.codePointAt(0) ?? 32};`)

export type Bar = { label: string; value: number }

/** Bars below each other, the first at the top: a funnel that is read like a list. */
export const drawFunnel = (bars: readonly Bar[], frame: Omit<Frame, 'heightPx' | 'widthPx'>): Promise<string> =>
  drawChart(
    {
      grid: { left: LABEL_LEFT_PX, right: 64, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: 'value', show: false },
      yAxis: {
        type: 'category',
        inverse: true,
        data: bars.map(bar => bar.label),
        axisLabel: LABEL,
        axisLine: { show: false },
        axisTick: { show: false },
      },
      series: [
        {
          type: 'bar',
          silent: true,
          barWidth: '62%',
          itemStyle: { color: COLOURS.first, borderRadius: 3 },
          label: { show: true, position: 'right', ...TEXT },
          data: bars.map(bar => bar.value),
        },
      ],
    },
    { ...frame, widthPx: 560, heightPx: 30 * bars.length + 12 },
  )

export type Group = { label: string; values: readonly number[] }

/** Several bars for each row, one for each series. */
export const drawGroups = (
  groups: readonly Group[],
  series: readonly string[],
  frame: Omit<Frame, 'heightPx' | 'widthPx'>,
): Promise<string> =>
  drawChart(
    {
      color: Object.values(COLOURS),
      legend: { top: 0, left: 0, itemGap: 28, textStyle: TEXT, itemHeight: 10, data: [...series] },
      grid: { left: LABEL_LEFT_PX, right: 40, top: 32, bottom: 4, containLabel: true },
      xAxis: { type: 'value', show: false },
      yAxis: {
        type: 'category',
        inverse: true,
        data: groups.map(group => group.label),
        axisLabel: LABEL,
        axisLine: { show: false },
        axisTick: { show: false },
      },
      series: series.map((name, place) => ({
        name,
        type: 'bar' as const,
        silent: true,
        itemStyle: { borderRadius: 2 },
        label: { show: true, position: 'right' as const, ...TEXT, fontSize: 11 },
        data: groups.map(group => group.values[place] ?? 0),
      })),
    },
    { ...frame, widthPx: 560, heightPx: 50 * groups.length + 48 },
  )

/** Lines over the same places, told apart by their marks and dashes also where no colour is seen. */
export const drawLines = (
  places: readonly string[],
  lines: readonly { name: string; values: readonly number[] }[],
  frame: Omit<Frame, 'heightPx' | 'widthPx'>,
): Promise<string> =>
  drawChart(
    {
      color: Object.values(COLOURS),
      legend: { top: 0, left: 0, itemGap: 28, textStyle: TEXT, itemHeight: 10, data: lines.map(({ name }) => name) },
      grid: { left: 24, right: 36, top: 36, bottom: 4, containLabel: true },
      xAxis: { type: 'category', data: [...places], axisLabel: TEXT, boundaryGap: false },
      yAxis: {
        type: 'value',
        minInterval: 1,
        axisLabel: TEXT,
        splitLine: { lineStyle: { color: '#8888', opacity: 0.4 } },
      },
      series: lines.map(({ name, values }, place) => ({
        name,
        type: 'line' as const,
        silent: true,
        symbol: MARKS[place] ?? 'circle',
        symbolSize: 7,
        lineStyle: { width: 2, type: DASHES[place] ?? 'solid' },
        data: [...values],
      })),
    },
    { ...frame, widthPx: 900, heightPx: 300 },
  )

const MARKS = ['circle', 'rect', 'triangle'] as const
const DASHES = ['solid', 'dashed', 'solid'] as const
