import type { ChecklistItem, ChecklistNeed, ChecklistVerdict } from '../checklist.ts'
import { renderReasons } from '../render.ts'
import type { Bilingual } from '../types.ts'
import { countUnits, formatNumber, formatValue, type Voice } from './values.ts'

const VERDICT_NAMES: Record<ChecklistVerdict, Bilingual> = {
  have: { zh: '已具备', en: 'In place' },
  gap: { zh: '缺', en: 'Missing' },
  unknown: { zh: '待确认', en: 'To be confirmed' },
}
const NEED_NAMES: Record<ChecklistNeed, Bilingual> = {
  goal: { zh: '可衡量的目标', en: 'a goal that can be measured' },
  site: { zh: '试验场地', en: 'a place to try it' },
  dataset: { zh: '数据集', en: 'a data set' },
  interface: { zh: '数据接口', en: 'the data interface' },
  run: { zh: '运行算力', en: 'compute to run it' },
  train: { zh: '训练算力', en: 'compute to train it' },
  model: { zh: '基础模型', en: 'a foundation model' },
  cost: { zh: '费用', en: 'the cost' },
  work: { zh: '工厂侧人力', en: "work of the factory's people" },
}
const GAPS_ONLY = { factory: { score: 0, parts: [] }, vendor: { parts: [] }, gates: [], counterfactuals: [] }

/** A line of the checklist in words. A row of the data interface is said as the match says it. */
export function renderChecklistItem(item: ChecklistItem, voice: Voice): string {
  if (item.gap !== undefined) return renderReasons({ ...GAPS_ONLY, gaps: [item.gap] }, voice).join(' ')
  const { language } = voice
  const name = NEED_NAMES[item.code][language]
  const verdict = VERDICT_NAMES[item.verdict][language]
  const need = formatSide(item, item.need, voice)
  const have = formatSide(item, item.have, voice)
  if (language === 'zh') {
    const sides = [need && `需要 ${need}`, have && `现有 ${have}`].filter(Boolean).join('，')
    return `${verdict}：${name}${sides ? `（${sides}）` : ''}。`
  }
  const sides = [need && `needed: ${need}`, have && `there: ${have}`].filter(Boolean).join('; ')
  return `${verdict}: ${name}${sides ? ` (${sides})` : ''}.`
}

function formatSide({ unit }: ChecklistItem, value: ChecklistItem['need'], voice: Voice): string | undefined {
  if (typeof value !== 'number') return formatValue(voice, value)
  if (unit === undefined) return formatNumber(value)
  if (unit === 'trl') return `TRL ${formatNumber(value)}`
  if (unit === 'workingDays')
    return voice.language === 'zh'
      ? `${formatNumber(value)} 个工作日`
      : countUnits(`${formatNumber(value)} working days`)
  return `${formatNumber(value)} ${unit}`
}
