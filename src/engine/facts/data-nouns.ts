/** Words that name a kind of data once 数据, 记录 or their like follow; alone they name a thing or a topic. */
const NOUNS: [RegExp, string][] = [
  [/振动|vibration/, 'mod.vibration'],
  [/电流|功率|current/, 'mod.current'],
  [/[总分电]表|用电|能耗|水电|energy|power|metering|meter/, 'mod.energy'],
  [/真空度?|温度|压力|流量|液位|温压|temperature|pressure|flow/, 'mod.temp-press'],
  [/plc|控制器/, 'mod.plc'],
  [/机床|数控|cnc/, 'mod.cnc'],
  [/充放电|批次|停机代码|温湿度|传感器?|工况|时序|运行|过程|dcs|scada|sensor|process|operating/, 'mod.ts'],
  [/报警|停机|stop codes?|故障|alarm|downtime|event/, 'mod.alarm'],
  [/维修|保养|点检|maintenance|repair/, 'mod.maint'],
  [/质检|检验|质量|不良|quality|inspection/, 'mod.quality'],
  [/化验|实验室|laboratory|lab/, 'mod.lab'],
  [/订单|工单|排产|计划|order|planning|schedule/, 'mod.order'],
  [/库存|出入库|inventory|stock/, 'mod.inventory'],
  [/采购|供应商|supplier|procurement|purchas\w+/, 'mod.supplier'],
  [/销售|销量|sales/, 'mod.sales'],
  [/客诉|投诉|complaint|ticket/, 'mod.ticket'],
  [/机器人|robot/, 'mod.robot'],
  [/配方|材料|formulation|recipe|material/, 'mod.material'],
  [/定位|轨迹|location/, 'mod.location'],
  [/erp|mes|excel|spreadsheet/, 'mod.table'],
  [
    /在线(?=仪)|张力|扭矩|测厚|称重|重量|厚度|仪表|吨位|辐照度|位移|转速|tonnage|torque|force|tension|thickness|viscosity|humidity/,
    'mod.ts',
  ],
  [/录音|声音|噪声|audio|sound/, 'mod.audio'],
]
const TAIL =
  '\\s*(?:历史|实时|在线)?(?:数据|记录|台账|日志|曲线|信号|波形|传感器|仪|data|records?|logs?|history|signals?|sensors?|readings?|curves?)'
/** Pictures are named without 数据, so the clause must say that they are kept. */
const PICTURES = /(?:小图|原图|大图|照片|截图)(?=.*(?:存|积累|保存|留))/g
const COMPILED = NOUNS.map(([noun, modality]) => ({ pattern: new RegExp(`(?:${noun.source})${TAIL}`, 'g'), modality }))

/** Kinds of data that a lower-case clause names by a noun and 数据, with their offsets in it, in the order of the clause. */
export function readDataNouns(words: string): { modality: string; start: number; end: number }[] {
  return [...COMPILED, { pattern: PICTURES, modality: 'mod.image' }]
    .flatMap(({ pattern, modality }) =>
      [...words.matchAll(pattern)].map(match => ({ modality, start: match.index, end: match.index + match[0].length })),
    )
    .sort((a, b) => a.start - b.start)
}
