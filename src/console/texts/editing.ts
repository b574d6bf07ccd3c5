/** What the pages say on which scenarios and capabilities are written and changed. */
export const EDITING_TEXTS = {
  editTitle: { zh: '修改', en: 'Change' },
  editIt: { zh: '修改内容', en: 'Change it' },
  cancelEdit: { zh: '返回', en: 'Back' },
  oneEach: { zh: '每行一项', en: 'one in each line' },
  addWords: { zh: '添加（用顿号或逗号分隔）', en: 'add, separated by commas' },
  addRow: { zh: '填写名称即添加；清空名称即删除', en: 'give it a name to add it; empty a name to remove it' },
  rowName: { zh: '名称', en: 'Name' },
  rowLevel: { zh: '要求', en: 'Level' },
  rowModality: { zh: '类型', en: 'Kind' },
  rowAmount: { zh: '数量', en: 'Amount' },
  rowAmountMin: { zh: '至少', en: 'At least' },
  rowUnit: { zh: '单位', en: 'Unit' },
  rowLabels: { zh: '已标注（%）', en: 'Labelled (%)' },
  rowLabelsMin: { zh: '标注样本至少', en: 'Labelled samples at least' },
  shownFrom: { zh: '何时公开', en: 'Shown from' },
  offeredTo: { zh: '面向', en: 'Offered to' },
  everyPark: { zh: '所有园区', en: 'Every park' },
  answerHint: {
    zh: '用一句话回答即可，平台会补进描述并更新理解。',
    en: 'A few words will do: they join the summary, and what we understand is brought up to date.',
  },
  answerSend: { zh: '补充回答', en: 'Add the answers' },
  offerTitle: { zh: '登记能力', en: 'Offer a capability' },
  whatOffered: { zh: '能解决什么？', en: 'What can it do?' },
  whatOfferedHint: {
    zh: '用自己的话写：解决什么问题、用什么技术、适合哪些行业和工序、怎么部署。保存后补充所需数据和报价。',
    en: 'In your own words: which problem, by which technique, for which industries and processes, how it is deployed. Data and price come next.',
  },
  goOn: { zh: '保存草稿并补充', en: 'Keep as a draft and go on' },
  missingFields: { zh: '匹配还需要', en: 'Matching would also use' },
  draftOnly: { zh: '待批准，可存草稿', en: 'not admitted yet: drafts only' },
  liveOn: { zh: '有新匹配时自动更新', en: 'Updates by itself when a match arrives' },
} as const

/** Units in which data is counted. */
export const EDITING_NAMES = {
  volumeUnit: {
    samples: { zh: '个样本', en: 'samples' },
    rows: { zh: '行', en: 'rows' },
    hours: { zh: '小时', en: 'hours' },
    documents: { zh: '份文档', en: 'documents' },
    gigabytes: { zh: 'GB', en: 'GB' },
  },
} as const
