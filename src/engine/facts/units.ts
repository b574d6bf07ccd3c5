import type { FactKind } from './fact.ts'

/**
 * How a unit is recognised: `after` matches right behind the number (sticky), `before` must match the words in front of
 * it where the unit alone is not enough. `convert` turns the number as written into the fact's unit.
 */
export type UnitRule = {
  kind: Exclude<FactKind, 'money' | 'date'>
  unit: string
  after: RegExp
  before?: RegExp
  valueMax?: number
  valueMin?: number
  /** Numerals in words are too often plain words before this unit (一条, one image). */
  digitsOnly?: boolean
  /** A span of time even for one of them in words (一年半). */
  alwaysSpan?: boolean
  convert?: (value: number, match: RegExpExecArray) => number
}

const TIME =
  '(毫秒|ms|msec|milliseconds?|秒钟|秒|seconds?|secs?|s|分钟|分|minutes?|mins?|min|小时|个小时|hours?|hrs?|hr|h)(?![a-z])'
const PIECE =
  '(?:件|个(?![数点值样采读记])|片|只|块|支|瓶|包|辆|模|盒|台|颗|粒|根|罐|袋|双|匹|枚|pcs?|pieces?|parts?|units?|boards?|panels?|items?|products?|cells?|wafers?)(?![a-z])'
const PER = '\\s*(?:/|per|每|一|a)\\s*'

/** Seconds in one of a unit of time as written. */
export function secondsIn(unit: string): number {
  if (/^(毫秒|m(illi)?s(ec)?)/.test(unit)) return 0.001
  if (/^(分|min)/.test(unit)) return 60
  if (/^(小时|个小时|h)/.test(unit)) return 3600
  if (/^(天|日|day)/.test(unit)) return 86_400
  return 1
}

/** What stands behind 成: 七成八 is 78 %, 三成半 35 %. */
const tenthsOf = (digit: string | undefined) =>
  digit === undefined
    ? 0
    : digit === '半'
      ? 5
      : /\d/.test(digit)
        ? Number(digit)
        : '一二三四五六七八九'.indexOf(digit) + 1

const toSeconds = (value: number, match: RegExpExecArray) => value * secondsIn(match[1] ?? 's')
const toMs = (value: number, match: RegExpExecArray) => toSeconds(value, match) * 1000
const toHz = (value: number, match: RegExpExecArray) => 1 / toSeconds(value, match)
const after = (pattern: string) => new RegExp(`[\\s-]*${pattern}`, 'y')

const SAMPLES = '(?:of )?(?:[a-z\\d×]+[- ]){0,2}?(?:images?|pictures?|photos?|frames?|samples?|scans?|clips?)(?![a-z])'
const ROWS =
  '(?:[a-z]+ ){0,2}?(?:rows?|records?|entries|data ?points?|readings?|transactions?|orders|alarms|tickets)(?![a-z])'
const PAPERS = '(?:[a-z]+ ){0,2}?(?:documents?|manuals?|pages?|drawings?|reports?|procedures?)(?![a-z])'
const RECORDED =
  '(?:的|of)?\\s*(?:[a-z]+ )?(?:视频|录像|录音|音频|监控|数据|振动|波形|video|audio|footage|recordings?|data|vibration)'

const PACE: UnitRule[] = [
  {
    kind: 'latency',
    unit: 'ms',
    after: after(`(毫秒|ms)${PER}(?:张|帧|幅|image|frame|张图)`),
    convert: value => value,
  },
  { kind: 'takt', unit: 's/piece', after: after(`${TIME}${PER}${PIECE}`), convert: toSeconds },
  {
    kind: 'takt',
    unit: 's/piece',
    after: after(`${PIECE}\\s*(?:/|per|每|an?)\\s*${TIME}`),
    convert: (value, match) => secondsIn(match[1] ?? 's') / value,
  },
  { kind: 'takt', unit: 's/piece', after: after('uph'), convert: value => 3600 / value },
  {
    kind: 'takt',
    unit: 's/piece',
    after: after(PIECE),
    before: /每小时[^,。;\d]{0,4}$|per hour[^,.;\d]{0,4}$/,
    convert: value => 3600 / value,
  },
  { kind: 'takt', unit: 's/piece', after: after(PIECE), before: /每分钟[^,。;\d]{0,4}$/, convert: value => 60 / value },
  {
    kind: 'takt',
    unit: 's/piece',
    after: after(TIME),
    before:
      /(节拍|(?:一|每)[件台只个片颗块根套][^,。;\d]{0,5}|(?<![a-z])one every|(?<![a-z])cycle|(?<![a-z])ct|单件|每件|每片|每个|cycle time|takt( time)?|per piece)[^,。;\d]{0,8}$/,
    convert: toSeconds,
  },
  { kind: 'speed', unit: 'm/min', after: after('(?:米|m)(?:/|每|per )\\s*(?:分钟?|min(?:ute)?)(?![a-z])') },
]

const SAMPLING: UnitRule[] = [
  { kind: 'sampling', unit: 'Hz', after: after('mhz'), convert: value => value * 1e6 },
  { kind: 'sampling', unit: 'Hz', after: after('(?:khz|ks/s)'), convert: value => value * 1e3 },
  { kind: 'sampling', unit: 'Hz', after: after('(?:hz|赫兹|fps|帧率)(?![a-z])') },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after(`(?:次|条|帧|个?点|samples?|times|frames?|readings?)\\s*(?:/|per|每|an?)\\s*${TIME}`),
    convert: (value, match) => value / secondsIn(match[1] ?? 's'),
  },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after('(?:次|条|帧|个?点)'),
    before: /每秒钟?(采集|采样|记录|采|存)?[^,。;\d]{0,2}$/,
  },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after('(?:次|条|帧|个?点)'),
    before: /每分钟(采集|采样|记录|采|存)?[^,。;\d]{0,2}$/,
    convert: value => value / 60,
  },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after('(?:次|条|帧|个?点)'),
    before: /每小时(采集|采样|记录|采|存)?[^,。;\d]{0,2}$/,
    convert: value => value / 3600,
  },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after(`${TIME}\\s*(?:采集?|采样|记录|上传|更新|存|刷新)?\\s*(?:一次|1次|一个点|一条|interval)`),
    convert: toHz,
  },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after(
      `${TIME}\\s*(?:采集?|采样|记录|上传|更新|存|刷新|出|有|就)?\\s*[一1]?\\s*(?:个|条|组|笔)\\s*(?:数据?点?|点|值|读数|记录|采样)`,
    ),
    convert: toHz,
  },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after(
      `${TIME}\\s*(?:的)?\\s*(?:粒度|间隔|分辨率|级?采样|(?:[a-z]+ )?(?:data|readings?|resolution|intervals?|granularity))`,
    ),
    convert: toHz,
  },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after(`${TIME}\\s*(?:采集?|采样|记录|上传)`),
    before: /每隔?\s*$/,
    convert: toHz,
  },
  {
    kind: 'sampling',
    unit: 'Hz',
    after: after(TIME),
    before:
      /(采样间隔|采集间隔|采样周期|采集周期|采集频率|sampling interval|sampled every|(?<![a-z])every)[^,。;\d]{0,6}$/,
    convert: toHz,
  },
]

const DATA: UnitRule[] = [
  { kind: 'volume', unit: 'documents', after: after('张(?:cad)?(?:图纸|工程图|手册)'), digitsOnly: true },
  { kind: 'volume', unit: 'rows', after: after('张(?:订单|工单|单据|报表|单)'), digitsOnly: true },
  { kind: 'volume', unit: 'samples', after: after('(?:张|幅|帧|个?样本|个?样件)'), valueMin: 5 },
  {
    kind: 'count',
    unit: 'lines',
    after: after('条\\s*(?:[a-z]{2,5}|[\\u4e00-\\u9fff]{0,4}?)\\s*(?:产线|生产线|流水线|装配线|拉线|线体|线)'),
  },
  { kind: 'volume', unit: 'rows', after: after('(?:条|笔|行)(?![街路总腿])'), digitsOnly: true, valueMin: 10 },
  { kind: 'volume', unit: 'rows', after: after('组(?:数据|样本|记录|历史)') },
  { kind: 'volume', unit: 'documents', after: after('(?:份|篇|册|本|页)'), digitsOnly: true },
  { kind: 'volume', unit: 'samples', after: after('段(?:视频|录音|音频|录像)'), digitsOnly: true },
  { kind: 'volume', unit: 'hours', after: after(`(?:个?小时|hours?|hrs?|h)\\s*${RECORDED}`) },
  { kind: 'volume', unit: 'gigabytes', after: after('pb(?![a-z])'), convert: value => value * 1e6 },
  {
    kind: 'volume',
    unit: 'gigabytes',
    after: after('(?:tb(?![a-z])|t(?![a-z])(?=\\s*(?:的|of)?\\s*(?:数据|图|视频|data|images|video)))'),
    convert: value => value * 1e3,
  },
  { kind: 'volume', unit: 'gigabytes', after: after('(?:gb|g(?=\\s*(?:的|多)?(?:数据|图|视频|文件)))(?![a-z])') },
  { kind: 'volume', unit: 'gigabytes', after: after('mb(?![a-z])'), convert: value => value / 1e3 },
  { kind: 'volume', unit: 'samples', after: after(SAMPLES) },
  { kind: 'volume', unit: 'rows', after: after(ROWS) },
  { kind: 'volume', unit: 'documents', after: after(PAPERS) },
]

const COUNTS: UnitRule[] = [
  { kind: 'shifts', unit: 'shifts', after: after('班(?:倒|制|运转|作业|生产|次|$|(?=[,。;、\\s]))'), valueMax: 4 },
  { kind: 'shifts', unit: 'shifts', after: after('shifts?(?![a-z])'), valueMax: 4 },
  {
    kind: 'count',
    unit: 'cameras',
    after: after(
      '(?:(?:路|个|台|只)?\\s*[\\u4e00-\\u9fff]{0,3}?(?:网络|高清|监控|工业)?(?:摄像头|摄像机|相机|监控点)|路(?:视频|监控))',
    ),
  },
  { kind: 'count', unit: 'cameras', after: after('cameras?(?![a-z])') },
  { kind: 'count', unit: 'points', after: after('(?:个|路)?\\s*(?:测点|点位|传感器|监测点|变量|数据点)') },
  { kind: 'count', unit: 'points', after: after('(?:sensors?|tags|measuring points?)(?![a-z])') },
  { kind: 'count', unit: 'sites', after: after('(?:个|座|家)?\\s*(?:车间|工厂|厂区|基地|分厂)') },
  { kind: 'count', unit: 'sites', after: after('(?:sites?|plants?|factories|workshops?)(?![a-z])') },
  { kind: 'count', unit: 'machines', after: after('(?:台|套(?=设备|系统|产线|机器|模具))') },
  {
    kind: 'count',
    unit: 'machines',
    after: after('(?:[a-z]+ ){0,2}?(?:machines?|presses|robots?|compressors?|motors?|pumps?)(?![a-z])'),
  },
  { kind: 'count', unit: 'lines', after: after('(?:[a-z]+ )?(?:production |assembly )?lines?(?![a-z])') },
  {
    kind: 'count',
    unit: 'people',
    after: after('(?:名|位|个人(?![信隐数资])|个?质检员|个?工人|个?检验员|人(?![民工脸机口体物]))'),
  },
  {
    kind: 'count',
    unit: 'people',
    after: after('(?:[a-z]+ )?(?:people|workers?|operators?|inspectors?|employees|technicians?)(?![a-z])'),
  },
  { kind: 'count', unit: 'kinds', after: after('(?:种|类|款|个型号|个品种|个sku)') },
  { kind: 'count', unit: 'kinds', after: after('(?:kinds?|types?|skus?|variants?|classes)(?![a-z])') },
]

/** Indices of process capability have no unit, so their name must stand before the number. */
const INDEX: UnitRule[] = [
  {
    kind: 'index',
    unit: '1',
    after: /(?![.\d%])/y,
    before:
      /(?<![a-z])c[pm]k?(?:[^a-z,。;\d]{0,8}|[^。;]{0,16}(?:到|至|达|提升|提高|>=?|≥|不低于|to|reach)[^。;\d]{0,4})$/,
    valueMax: 5,
  },
]

const TIMES: UnitRule[] = [
  { kind: 'percent', unit: '%', after: after('(?:%|percent(?![a-z])|per cent)') },
  {
    kind: 'percent',
    unit: '%',
    after: after('成([一二三四五六七八九半\\d])?(?![本品分功型立为套熟交都长果员绩衣就像])'),
    valueMax: 10,
    convert: (value, match) => value * 10 + tenthsOf(match[1]),
  },
  { kind: 'percent', unit: '%', after: /‰/y, convert: value => value / 10 },
  { kind: 'ppm', unit: 'ppm', after: after('d?ppm(?![a-z])') },
  {
    kind: 'latency',
    unit: 'ms',
    after: after(TIME),
    before:
      /(报警|告警|提醒|预警要?在|alert|alarm|warn|响应|延时|时延|延迟|推理|反应|latency|response|respond|inference)[^,。;\d]{0,10}$/,
    convert: toMs,
  },
  { kind: 'latency', unit: 'ms', after: after('(毫秒|ms|milliseconds?)(?![a-z])') },
  { kind: 'duration', unit: 'days', after: after('(?:个?工作日|天|days?(?![a-z])|working days?)') },
  {
    kind: 'duration',
    unit: 'days',
    after: after('(?:个?星期|周(?![期边围转])|weeks?(?![a-z]))'),
    convert: value => value * 7,
  },
  {
    kind: 'duration',
    unit: 'days',
    after: after('(?:个多?月|months?(?![a-z]))'),
    convert: value => Math.round(value * 30.4375),
  },
  {
    kind: 'duration',
    unit: 'days',
    after: after('(?:个?季度|quarters?(?![a-z]))'),
    valueMax: 8,
    convert: value => value * 91,
  },
  {
    kind: 'duration',
    unit: 'days',
    after: after('年半'),
    alwaysSpan: true,
    valueMax: 60,
    convert: value => Math.round((value + 0.5) * 365),
  },
  {
    kind: 'duration',
    unit: 'days',
    after: after('(?:年(?![级产底初前末])|years?(?![a-z]))'),
    valueMax: 60,
    convert: value => Math.round(value * 365),
  },
  { kind: 'time', unit: 's', after: after(TIME), convert: toSeconds },
]

/** Every rule, the most specific first: the first that matches names the fact. */
export const UNIT_RULES: readonly UnitRule[] = [...PACE, ...SAMPLING, ...INDEX, ...DATA, ...COUNTS, ...TIMES]
