import type { Bilingual } from '../engine/types.ts'
import type { ImportKind } from './tables.ts'

/** How the cells of a column are read: the engine interprets what a person wrote. */
export type Reading =
  | { as: 'text' }
  | { as: 'texts' }
  | { as: 'concept' | 'concepts'; schemes: readonly [string, ...string[]] }
  | { as: 'money' | 'moneyMin' | 'moneyMax' | 'currency' }
  | { as: 'number' | 'integer' | 'milliseconds' | 'days' }
  | { as: 'date' }
  | { as: 'choice'; choices: Record<string, readonly string[]> }
  | { as: 'datasets' | 'goals' | 'constraints' | 'requirements' | 'cases' }

/** One thing that a column may hold. `path` is where it goes; the names are those of a header, the first one exported. */
export type Field = { name: string; path: string; label: Bilingual; zh: string[]; en: string[]; reading: Reading }

const field = (name: string, path: string, zh: string[], en: string[], reading: Reading): Field => ({
  name,
  path,
  label: { zh: zh[0] ?? name, en: en[0] ?? name },
  zh,
  en,
  reading,
})
const text = { as: 'text' } as const
const concepts = (...schemes: [string, ...string[]]) => ({ as: 'concepts' as const, schemes })

/** Whose row it is, in a list of a park's members. */
const ORGANISATION: Field[] = [
  field(
    'organisation',
    'organisation/name',
    [
      '企业名称',
      '单位名称',
      '公司名称',
      '企业',
      '单位',
      '公司',
      '需求企业',
      '需求单位',
      '供应商',
      '供应商名称',
      '服务商',
      '申报单位',
      '所属企业',
      '所属单位',
    ],
    ['Organisation', 'Company', 'Company name', 'Vendor', 'Supplier', 'Manufacturer', 'Factory'],
    text,
  ),
  field(
    'creditCode',
    'organisation/creditCode',
    ['统一社会信用代码', '信用代码', '社会信用代码', '税号', '纳税人识别号'],
    ['Credit code', 'Unified social credit code', 'USCC'],
    text,
  ),
  field(
    'aliases',
    'organisation/aliases',
    ['企业简称', '简称', '别名', '曾用名', '英文名'],
    ['Short name', 'Alias', 'Aliases', 'Also known as'],
    { as: 'texts' },
  ),
]

const CONTACT: Field[] = [
  field(
    'contactPerson',
    'contact/person',
    ['联系人', '联系人姓名', '负责人', '对接人'],
    ['Contact', 'Contact person'],
    text,
  ),
  field(
    'contactPhone',
    'contact/phone',
    ['联系电话', '电话', '手机', '手机号', '联系方式'],
    ['Phone', 'Telephone', 'Mobile'],
    text,
  ),
  field('contactEmail', 'contact/email', ['邮箱', '电子邮箱', '联系邮箱', 'E-mail'], ['Email', 'E-mail'], text),
]

const LANGUAGE = field('language', 'language', ['语言'], ['Language'], {
  as: 'choice',
  choices: { zh: ['zh', '中文', '汉语'], en: ['en', '英文', '英语', 'english'] },
})

const SCENARIO_FIELDS: Field[] = [
  ...ORGANISATION,
  field(
    'title',
    'title',
    ['场景名称', '需求名称', '场景标题', '项目名称', '需求标题', '名称', '标题', '场景'],
    ['Title', 'Scenario', 'Scenario name', 'Name'],
    text,
  ),
  LANGUAGE,
  field(
    'summary',
    'summary',
    [
      '痛点',
      '痛点描述',
      '需求描述',
      '场景描述',
      '痛点问题',
      '问题描述',
      '需求',
      '描述',
      '简介',
      '需求内容',
      '现状与痛点',
    ],
    ['Pain', 'Pain point', 'Summary', 'Description', 'Need'],
    text,
  ),
  field(
    'details',
    'details',
    ['详细描述', '详情', '详细说明', '补充说明', '备注'],
    ['Details', 'Remarks', 'Notes'],
    text,
  ),
  field('industry', 'industry', ['行业', '所属行业', '所在行业', '行业分类', '产业'], ['Industry', 'Sector'], {
    as: 'concept',
    schemes: ['industry'],
  }),
  field(
    'processes',
    'processes',
    ['工序', '工艺', '工艺环节', '生产环节', '应用环节'],
    ['Processes', 'Process'],
    concepts('process'),
  ),
  field('equipment', 'equipment', ['设备', '涉及设备', '设备名称'], ['Equipment', 'Machines'], concepts('equipment')),
  field(
    'problems',
    'problems',
    ['问题类型', '需求类型', '问题', '场景类型', '场景分类', '应用方向'],
    ['Problems', 'Problem', 'Problem type'],
    concepts('problem', 'defect'),
  ),
  field('goals', 'goals', ['目标', '预期目标', '指标', '预期效果', '考核指标'], ['Goals', 'Goal', 'KPI', 'Target'], {
    as: 'goals',
  }),
  field(
    'datasets',
    'datasets',
    ['数据情况', '现有数据', '数据', '数据基础', '数据现状', '可提供数据'],
    ['Datasets', 'Data', 'Available data'],
    { as: 'datasets' },
  ),
  field(
    'constraints',
    'constraints',
    ['约束', '约束条件', '部署要求', '安全要求', '技术要求', '数据要求'],
    ['Constraints', 'Requirements', 'Deployment'],
    { as: 'constraints' },
  ),
  field(
    'budget',
    'budget',
    ['预算', '预算金额', '投资预算', '计划投入', '项目预算', '拟投入资金', '投资额'],
    ['Budget'],
    { as: 'money' },
  ),
  field('budgetMin', 'budget', ['预算下限', '最低预算'], ['Budget from', 'Budget min'], { as: 'moneyMin' }),
  field('budgetMax', 'budget', ['预算上限', '最高预算'], ['Budget to', 'Budget max'], { as: 'moneyMax' }),
  field('currency', 'budget', ['币种', '货币'], ['Currency'], { as: 'currency' }),
  field('startsOn', 'startsOn', ['开始时间', '计划开始时间', '启动时间', '开始日期'], ['Starts on', 'Start'], {
    as: 'date',
  }),
  field(
    'neededBy',
    'neededBy',
    ['期望完成时间', '完成时间', '需求时间', '截止时间', '上线时间', '期望上线时间', '完成日期'],
    ['Needed by', 'Deadline', 'Due'],
    { as: 'date' },
  ),
  field(
    'place',
    'place',
    ['地点', '所在地', '城市', '所在城市', '实施地点', '镇街', '地址'],
    ['Place', 'City', 'Location'],
    text,
  ),
  ...CONTACT,
]

const CAPABILITY_FIELDS: Field[] = [
  ...ORGANISATION,
  field(
    'title',
    'title',
    ['能力名称', '产品名称', '方案名称', '解决方案名称', '解决方案', '服务名称', '技术名称', '名称', '标题', '产品'],
    ['Title', 'Capability', 'Product', 'Solution', 'Name'],
    text,
  ),
  LANGUAGE,
  field(
    'summary',
    'summary',
    ['能力描述', '产品介绍', '方案简介', '产品描述', '方案描述', '简介', '描述', '介绍', '核心能力'],
    ['Summary', 'Description', 'Introduction'],
    text,
  ),
  field('details', 'details', ['详细描述', '详情', '详细说明', '备注'], ['Details', 'Remarks', 'Notes'], text),
  field(
    'benefits',
    'benefits',
    ['效果', '价值', '客户收益', '应用效果', '应用成效', '优势'],
    ['Benefits', 'Value', 'Advantages'],
    text,
  ),
  field(
    'techniques',
    'techniques',
    ['技术', '核心技术', '技术路线', '关键技术', 'AI技术'],
    ['Techniques', 'Technique', 'Technology'],
    concepts('technique'),
  ),
  field(
    'problems',
    'problems',
    ['解决问题', '适用场景', '应用场景', '可解决问题', '问题类型', '服务场景'],
    ['Problems', 'Problems solved', 'Use cases'],
    concepts('problem', 'defect'),
  ),
  field(
    'industries',
    'industries',
    ['适用行业', '服务行业', '行业', '行业领域'],
    ['Industries', 'Industry'],
    concepts('industry'),
  ),
  field('processes', 'processes', ['适用工序', '工序', '工艺'], ['Processes', 'Process'], concepts('process')),
  field(
    'dataRequirements',
    'dataRequirements',
    ['数据需求', '数据要求', '所需数据', '需要数据'],
    ['Data requirements', 'Data needed'],
    { as: 'requirements' },
  ),
  field(
    'deployments',
    'deployments',
    ['部署方式', '部署形式', '部署'],
    ['Deployments', 'Deployment'],
    concepts('deployment'),
  ),
  field('latencyMs', 'latencyMs', ['响应时间', '时延', '延迟', '处理时间'], ['Latency', 'Response time'], {
    as: 'milliseconds',
  }),
  field('hardware', 'hardware', ['硬件', '硬件要求', '所需硬件', '算力要求'], ['Hardware'], concepts('hardware')),
  field(
    'integrations',
    'integrations',
    ['对接系统', '集成', '接口', '可对接系统'],
    ['Integrations', 'Systems'],
    concepts('system', 'protocol'),
  ),
  field('evidence', 'evidence', ['案例', '成功案例', '应用案例', '典型案例'], ['Cases', 'References', 'Evidence'], {
    as: 'cases',
  }),
  field('price', 'price', ['报价', '价格', '参考价格', '参考报价', '价格区间'], ['Price', 'Price range'], {
    as: 'money',
  }),
  field('priceMin', 'price', ['价格下限', '最低价'], ['Price from', 'Price min'], { as: 'moneyMin' }),
  field('priceMax', 'price', ['价格上限', '最高价'], ['Price to', 'Price max'], { as: 'moneyMax' }),
  field('currency', 'price', ['币种', '货币'], ['Currency'], { as: 'currency' }),
  field('leadTimeDays', 'leadTimeDays', ['交付周期', '实施周期', '交付时间', '工期'], ['Lead time', 'Delivery time'], {
    as: 'days',
  }),
  field(
    'capacity',
    'capacity',
    ['并行项目数', '承接能力', '产能', '同时承接项目数'],
    ['Capacity', 'Projects at once'],
    { as: 'integer' },
  ),
  field('capacityUsed', 'capacityUsed', ['在建项目数', '已占用', '在手项目数'], ['Capacity used', 'Projects running'], {
    as: 'integer',
  }),
  field(
    'regions',
    'regions',
    ['服务区域', '服务地区', '覆盖区域', '服务城市'],
    ['Regions', 'Region', 'Cities served'],
    { as: 'texts' },
  ),
  field(
    'certificates',
    'certificates',
    ['资质', '认证', '资质证书', '资质认证'],
    ['Certificates', 'Certificate'],
    concepts('compliance'),
  ),
  field('limits', 'limits', ['限制', '局限', '不适用', '不适用场景'], ['Limits', 'Limitations'], { as: 'texts' }),
  field('trl', 'trl', ['技术成熟度', '成熟度', 'TRL'], ['TRL', 'Readiness'], { as: 'integer' }),
  field(
    'genaiFiling',
    'genaiFiling',
    ['备案号', '大模型备案号', '备案编号'],
    ['Generative AI filing', 'Filing number'],
    text,
  ),
  ...CONTACT,
]

export const FIELDS: Record<ImportKind, Field[]> = { scenarios: SCENARIO_FIELDS, capabilities: CAPABILITY_FIELDS }

export const fieldOf = (kind: ImportKind, name: string): Field | undefined =>
  FIELDS[kind].find(entry => entry.name === name)
