import type { ChangeCode } from '../counterfactuals/change.ts'
import type { GateRule } from '../gates.ts'
import type {
  AccessMode,
  Bilingual,
  DataReach,
  Fix,
  FixedBy,
  Freshness,
  GapField,
  PartName,
  StorageState,
} from '../types.ts'

/** Every fixed wording of an explanation. The key types make a missing wording a type error. */
export const FIELD_NAMES: Record<GapField, Bilingual> = {
  modality: { zh: '数据类型', en: 'kind of data' },
  format: { zh: '文件格式', en: 'file format' },
  protocol: { zh: '接口协议', en: 'protocol' },
  volume: { zh: '数据量', en: 'volume' },
  labels: { zh: '标注样本', en: 'labelled samples' },
  negativeSamples: { zh: '缺陷样本', en: 'fault samples' },
  sampling: { zh: '采样率', en: 'sampling rate' },
  timeSpan: { zh: '历史时长', en: 'length of history' },
  freshness: { zh: '更新频率', en: 'freshness' },
  completeness: { zh: '完整率', en: 'completeness' },
  context: { zh: '批次与工况关联', en: 'link to batch or machine' },
  access: { zh: '访问方式', en: 'access' },
  reach: { zh: '数据可达范围', en: 'reach of the data' },
  personalData: { zh: '个人信息', en: 'personal information' },
  storage: { zh: '数据存放状态', en: 'state of storage' },
}

export const FIX_NAMES: Record<Fix, Bilingual> = {
  convertFormat: { zh: '转换格式', en: 'convert it' },
  addGateway: { zh: '加装采集网关', en: 'add a gateway' },
  collect: { zh: '补充采集', en: 'collect more' },
  label: { zh: '标注', en: 'label it' },
  augment: { zh: '数据增强', en: 'augment it' },
  resample: { zh: '重采样', en: 'resample it' },
  wait: { zh: '继续积累', en: 'let it accumulate' },
  schedule: { zh: '定时导出', en: 'schedule exports' },
  clean: { zh: '清洗补全', en: 'clean it' },
  join: { zh: '关联批次与设备', en: 'join it to batch and machine' },
  agreeAccess: { zh: '商定访问方式', en: 'agree on access' },
  deployOnSite: { zh: '到厂内部署', en: 'deploy on site' },
  desensitise: { zh: '脱敏', en: 'mask it' },
  digitise: { zh: '数字化', en: 'digitise it' },
  export: { zh: '从系统导出', en: 'export it' },
  liftRestriction: { zh: '放宽数据范围限制', en: 'lift the restriction' },
  askFactory: { zh: '向工厂确认', en: 'ask the factory' },
}

export const ROLE_NAMES: Record<FixedBy, Bilingual> = {
  factory: { zh: '工厂', en: 'the factory' },
  vendor: { zh: '供方', en: 'the vendor' },
  park: { zh: '园区', en: 'the park' },
  authority: { zh: '主管部门', en: 'the authority' },
}

export const REACH_NAMES: Record<DataReach, Bilingual> = {
  site: { zh: '厂内', en: 'the plant' },
  park: { zh: '园区内', en: 'the park' },
  mainland: { zh: '境内', en: 'mainland China' },
  hkmo: { zh: '港澳', en: 'Hong Kong and Macao' },
  abroad: { zh: '境外', en: 'abroad' },
}

export const ACCESS_NAMES: Record<AccessMode, Bilingual> = {
  download: { zh: '可下载', en: 'download' },
  api: { zh: '接口调用', en: 'API' },
  desensitised: { zh: '脱敏后提供', en: 'masked copy' },
  onSite: { zh: '仅现场使用', en: 'on site only' },
  none: { zh: '不提供', en: 'no access' },
}

export const FRESHNESS_NAMES: Record<Freshness, Bilingual> = {
  live: { zh: '实时', en: 'live' },
  hourly: { zh: '每小时', en: 'hourly' },
  daily: { zh: '每天', en: 'daily' },
  weekly: { zh: '每周', en: 'weekly' },
  monthly: { zh: '每月', en: 'monthly' },
  static: { zh: '一次性导出', en: 'a single export' },
}

export const STORAGE_NAMES: Record<StorageState, Bilingual> = {
  paper: { zh: '纸质', en: 'on paper' },
  inSystem: { zh: '在系统里未导出', en: 'inside a system' },
  exported: { zh: '已导出', en: 'exported' },
  documented: { zh: '已建档', en: 'documented' },
}

export const UNIT_NAMES: Record<string, Bilingual> = {
  samples: { zh: '个样本', en: 'samples' },
  rows: { zh: '条', en: 'rows' },
  hours: { zh: '小时', en: 'hours' },
  documents: { zh: '份', en: 'documents' },
  gigabytes: { zh: 'GB', en: 'GB' },
  days: { zh: '天', en: 'days' },
  Hz: { zh: 'Hz', en: 'Hz' },
}

export const PART_LABELS: Record<PartName, Bilingual> = {
  problem: { zh: '问题对口', en: 'The problem fits' },
  technique: { zh: '技术对路', en: 'The technique fits' },
  text: { zh: '描述相近', en: 'The wording is close' },
  data: { zh: '数据接得上', en: 'The data fits' },
  operation: { zh: '运行条件相符', en: 'It can run there' },
  commercial: { zh: '商务条件相符', en: 'The terms fit' },
  trackRecord: { zh: '有成熟经验', en: 'It has been done before' },
}

/** What a field of either side is called, by the last name in its JSON pointer. */
export const POINTER_NAMES: Record<string, Bilingual> = {
  deployments: { zh: '部署方式', en: 'deployment' },
  reach: { zh: '数据范围', en: 'reach of the data' },
  latencyMs: { zh: '响应时间', en: 'latency' },
  hardware: { zh: '国产硬件', en: 'domestic hardware' },
  certificates: { zh: '资质认证', en: 'certificates' },
  integrations: { zh: '系统对接', en: 'integrations' },
  capacity: { zh: '尚有承接能力', en: 'free capacity' },
  price: { zh: '报价在预算内', en: 'price within the budget' },
  leadTimeDays: { zh: '工期赶得上', en: 'lead time within the dates' },
  regions: { zh: '服务区域覆盖', en: 'region served' },
  trl: { zh: '技术成熟度', en: 'technology readiness' },
  industries: { zh: '同行业', en: 'same industry' },
  evidence: { zh: '已有案例', en: 'a published case' },
}

type GateWords = { why: Bilingual; source: Bilingual }
const WISH: Bilingual = { zh: '工厂的要求', en: 'wish of the factory' }
const OWNER: Bilingual = { zh: '数据所有者的要求', en: 'wish of the owner of the data' }
export const GATE_WORDS: Record<GateRule, GateWords> = {
  'data-reach': {
    why: { zh: '数据不得离开允许的范围', en: 'the data may not travel as far as the vendor takes it' },
    source: OWNER,
  },
  'data-grade': {
    why: { zh: '该级别的数据不得离开规定范围', en: 'data of this grade may not leave its place' },
    source: {
      zh: '《数据安全法》第二十一条、工信厅信发〔2020〕6号',
      en: 'Data Security Law art. 21, MIIT 工信厅信发〔2020〕6号',
    },
  },
  'data-access': { why: { zh: '所需数据不对外提供', en: 'the data needed is not given out' }, source: OWNER },
  'personal-information': {
    why: { zh: '供方不能处理其中的个人信息', en: 'the vendor cannot take the personal information in it' },
    source: { zh: '《个人信息保护法》第二十八、二十九条', en: 'Personal Information Protection Law art. 28–29' },
  },
  'personal-information-export': {
    why: { zh: '个人信息出境未获许可', en: 'personal information would leave the country without permission' },
    source: {
      zh: '《个人信息保护法》第三十八条、《促进和规范数据跨境流动规定》',
      en: 'Personal Information Protection Law art. 38, CAC rules on cross-border data flow (2024)',
    },
  },
  deployment: {
    why: { zh: '供方的部署方式不被接受', en: 'none of the vendor’s forms of deployment is accepted' },
    source: WISH,
  },
  'genai-filing': {
    why: { zh: '面向公众的生成式人工智能服务未备案', en: 'a generative service for the public has no filing' },
    source: {
      zh: '《生成式人工智能服务管理暂行办法》第十七条',
      en: 'Interim Measures for Generative AI Services art. 17',
    },
  },
  'mlps-level': {
    why: { zh: '未达到要求的等级保护级别', en: 'the MLPS level asked for is not shown' },
    source: { zh: '《网络安全法》第二十一条、GB/T 22239-2019', en: 'Cybersecurity Law art. 21, GB/T 22239-2019' },
  },
  certificate: { why: { zh: '缺少要求的认证', en: 'a certificate asked for is missing' }, source: WISH },
  'domestic-hardware': {
    why: {
      zh: '要求国产算力，供方只支持国外芯片',
      en: 'domestic chips are asked for, and the vendor names foreign ones only',
    },
    source: WISH,
  },
  latency: { why: { zh: '响应时间远超上限', en: 'it is far slower than allowed' }, source: WISH },
  dates: { why: { zh: '工期远超可用时间', en: 'it takes far longer than there is time' }, source: WISH },
  region: {
    why: { zh: '供方不服务该地区', en: 'the vendor does not serve the place' },
    source: { zh: '供方声明', en: 'statement of the vendor' },
  },
}

/** What a change asks for; `{name}` is filled from its parameters, and brackets fall away with an unknown one. */
export const CHANGE_WORDS: Record<ChangeCode, Bilingual> = {
  labelSamples: { zh: '补标注[ {amount} 个样本][（{dataset}）]', en: 'label[ {amount}] samples[ ({dataset})]' },
  collectSamples: {
    zh: '补采数据[ {amount} {unit}][（{dataset}）]',
    en: 'collect more data[: {amount} {unit}][ ({dataset})]',
  },
  collectNegativeSamples: {
    zh: '补采缺陷样本[ {amount} 个][（{dataset}）]',
    en: 'collect[ {amount}] fault samples[ ({dataset})]',
  },
  collectDataset: { zh: '采集所缺的数据[：{modality}]', en: 'collect the missing data[: {modality}]' },
  convertFormat: { zh: '转换数据[（{dataset}）][为{to}]', en: 'convert the data[ ({dataset})][ to {to}]' },
  addGateway: { zh: '加装采集网关[（{dataset}）][，接入{to}]', en: 'add a gateway[ ({dataset})][, speaking {to}]' },
  raiseSampling: {
    zh: '把采样率提高[到 {hertz} Hz][（{dataset}）]',
    en: 'raise the sampling rate[ to {hertz} Hz][ ({dataset})]',
  },
  extendHistory: {
    zh: '再积累历史数据[ {days} 天][（{dataset}）]',
    en: 'let history grow[ by {days} days][ ({dataset})]',
  },
  updateMoreOften: {
    zh: '提高更新频率[至{freshness}][（{dataset}）]',
    en: 'update more often[: {freshness}][ ({dataset})]',
  },
  cleanData: {
    zh: '清洗补全数据[到 {percent}%][（{dataset}）]',
    en: 'clean the data[ up to {percent}%][ ({dataset})]',
  },
  joinContext: { zh: '把数据关联到批次与设备[（{dataset}）]', en: 'join the data to batch and machine[ ({dataset})]' },
  agreeAccess: { zh: '商定访问方式[：{mode}][（{dataset}）]', en: 'agree on access[: {mode}][ ({dataset})]' },
  desensitise: { zh: '数据脱敏[（{dataset}）]', en: 'mask the data[ ({dataset})]' },
  exportData: { zh: '把数据导出备用[（{dataset}）]', en: 'export the data[ ({dataset})]' },
  confirmData: {
    zh: '确认数据符合要求[：{field}][：{modality}][（{dataset}）]',
    en: 'confirm that the data is as needed[: {field}][: {modality}][ ({dataset})]',
  },
  lowerMinimum: {
    zh: '供方降低最低要求[：{field}][降到 {to}][ {unit}]',
    en: 'ask for less[: {field}][ down to {to}][ {unit}]',
  },
  deployOnSite: { zh: '供方到厂内部署[（{deployment}）]', en: 'deploy on site[ ({deployment})]' },
  widenReach: {
    zh: '允许该数据到达[{reach}][（{dataset}）]',
    en: 'let this data travel farther[: {reach}][ ({dataset})]',
  },
  acceptDeployment: {
    zh: '接受供方的部署方式[（{deployment}）]',
    en: 'accept the vendor’s deployment[ ({deployment})]',
  },
  raiseBudget: { zh: '把预算提高[到 {to} {currency}]', en: 'raise the budget[ to {to} {currency}]' },
  speedUp: { zh: '缩短响应时间[到 {ms} 毫秒]', en: 'answer faster[: within {ms} ms]' },
  moveDate: { zh: '推迟交付[ {days} 天][（到 {date}）]', en: 'move the date[ by {days} days][ (to {date})]' },
  freeCapacity: { zh: '供方腾出承接能力', en: 'free the vendor’s capacity' },
  obtainCertificate: { zh: '取得认证[：{certificate}]', en: 'obtain the certificate[: {certificate}]' },
  fileModel: { zh: '完成生成式人工智能备案', en: 'file the generative model' },
  useDomesticHardware: { zh: '适配国产算力', en: 'run on domestic chips' },
  serveRegion: { zh: '把服务扩展到[{place}]', en: 'serve the place[: {place}]' },
}
