import { normalise } from '../engine/text.ts'

/** Legal forms and their like, which lists write or leave out as they please. */
const FORMS =
  /(股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|集团|公司|co\.?,?\s*ltd\.?|company|corporation|corp\.?|inc\.?|limited|ltd\.?|gmbh|llc|plc)$/

/**
 * Widely known companies by their Chinese and Latin names. Public knowledge; a park adds its own by the column of short
 * names in its lists.
 */
const KNOWN: readonly (readonly string[])[] = [
  ['科大讯飞', '讯飞', 'iFLYTEK'],
  ['商汤科技', '商汤', 'SenseTime'],
  ['旷视科技', '旷视', 'Megvii', 'Face++'],
  ['依图科技', 'YITU'],
  ['云从科技', 'CloudWalk'],
  ['百度', 'Baidu'],
  ['阿里巴巴', 'Alibaba'],
  ['阿里云', 'Alibaba Cloud', 'Aliyun'],
  ['腾讯', 'Tencent'],
  ['腾讯云', 'Tencent Cloud'],
  ['华为', '华为技术', 'Huawei'],
  ['华为云', 'Huawei Cloud'],
  ['京东科技', 'JD Technology'],
  ['海康威视', '杭州海康威视数字技术', 'Hikvision'],
  ['海康机器人', 'Hikrobot'],
  ['大华股份', '浙江大华技术', 'Dahua'],
  ['创新奇智', 'AInnovation'],
  ['思谋科技', 'SmartMore'],
  ['第四范式', '4Paradigm'],
  ['智谱', '智谱华章', 'Zhipu AI', 'Z.ai'],
  ['月之暗面', 'Moonshot AI'],
  ['深度求索', 'DeepSeek'],
  ['寒武纪', 'Cambricon'],
  ['地平线', '地平线机器人', 'Horizon Robotics'],
  ['大疆', '大疆创新', 'DJI'],
  ['汇川技术', 'Inovance'],
  ['埃斯顿', 'ESTUN'],
  ['新松', '新松机器人', 'SIASUN'],
  ['用友', '用友网络', 'Yonyou'],
  ['金蝶', 'Kingdee'],
  ['树根互联', 'ROOTCLOUD'],
  ['美云智数', 'Meicloud'],
  ['中控技术', 'SUPCON'],
  ['梅卡曼德', '梅卡曼德机器人', 'Mech-Mind'],
  ['宁德时代', '宁德时代新能源科技', 'CATL'],
  ['比亚迪', 'BYD'],
  ['美的', '美的集团', 'Midea'],
  ['格力', '格力电器', 'Gree'],
  ['立讯精密', 'Luxshare'],
  ['富士康', '鸿海精密', 'Foxconn'],
  ['西门子', 'Siemens'],
  ['施耐德电气', 'Schneider Electric'],
  ['康耐视', 'Cognex'],
  ['基恩士', 'Keyence'],
]

/** A name as lists can be compared by it: folded, without its legal form, spaces and punctuation. */
export const foldName = (name: string): string => {
  let folded = normalise(name).text.trim()
  for (let before = ''; before !== folded; ) {
    before = folded
    folded = folded.replace(FORMS, '').trim()
  }
  return (folded || normalise(name).text).replace(/[\s.,，。·'"“”()（）&\-_]+/g, '')
}

const WRITTEN_FORMS = ['', '有限公司', '股份有限公司']
const groupsAsWritten = new Map(KNOWN.flatMap(names => names.map(name => [foldName(name), names] as const)))

/** The ways in which a register most likely writes the name, so that it can be asked for them exactly. */
export const writtenLike = (name: string): string[] => {
  const group = groupsAsWritten.get(foldName(name)) ?? []
  return [...new Set([name, ...group.flatMap(known => WRITTEN_FORMS.map(form => known + form))])]
}

/** All folded names under which the same organisation may stand, its own first. */
export const namesLike = (name: string): string[] => {
  const own = foldName(name)
  return [...new Set([own, ...(groupsAsWritten.get(own) ?? []).map(foldName)])]
}
