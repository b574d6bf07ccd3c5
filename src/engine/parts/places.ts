/** Provinces, the cities of them that are named in demands, and the regions that people speak of. */
const PROVINCES: Record<string, string[]> = {
  广东: [
    '东莞',
    '深圳',
    '广州',
    '佛山',
    '惠州',
    '中山',
    '珠海',
    '江门',
    '肇庆',
    '汕头',
    '湛江',
    '茂名',
    '清远',
    '韶关',
    '揭阳',
    '潮州',
    '河源',
    '梅州',
    '阳江',
    '云浮',
    '汕尾',
  ],
  江苏: ['苏州', '南京', '无锡', '常州', '南通', '徐州', '扬州', '镇江', '泰州', '盐城', '昆山'],
  浙江: ['杭州', '宁波', '温州', '嘉兴', '湖州', '绍兴', '金华', '台州', '义乌'],
  山东: ['青岛', '济南', '烟台', '潍坊', '淄博', '威海', '临沂'],
  福建: ['厦门', '福州', '泉州', '漳州', '宁德'],
  安徽: ['合肥', '芜湖', '马鞍山'],
  湖北: ['武汉', '宜昌', '襄阳'],
  湖南: ['长沙', '株洲', '湘潭'],
  河南: ['郑州', '洛阳'],
  河北: ['石家庄', '唐山', '保定'],
  四川: ['成都', '绵阳', '德阳', '宜宾'],
  陕西: ['西安', '宝鸡'],
  辽宁: ['沈阳', '大连'],
  江西: ['南昌', '赣州', '九江'],
  广西: ['南宁', '柳州', '桂林'],
  吉林: ['长春'],
  黑龙江: ['哈尔滨'],
  北京: ['北京'],
  上海: ['上海'],
  天津: ['天津'],
  重庆: ['重庆'],
}
const REGIONS: Record<string, string[]> = {
  珠三角: ['东莞', '深圳', '广州', '佛山', '惠州', '中山', '珠海', '江门', '肇庆'],
  大湾区: ['东莞', '深圳', '广州', '佛山', '惠州', '中山', '珠海', '江门', '肇庆', '香港', '澳门'],
  长三角: ['上海', '江苏', '浙江', '安徽'],
  京津冀: ['北京', '天津', '河北'],
  华南: ['广东', '广西', '海南'],
  华东: ['上海', '江苏', '浙江', '安徽', '福建', '江西', '山东'],
  华中: ['湖北', '湖南', '河南'],
  华北: ['北京', '天津', '河北', '山西', '内蒙古'],
  西南: ['四川', '重庆', '贵州', '云南'],
  成渝: ['成都', '重庆'],
  东北: ['辽宁', '吉林', '黑龙江'],
}
const ENGLISH: Record<string, string> = {
  guangdong: '广东',
  dongguan: '东莞',
  shenzhen: '深圳',
  guangzhou: '广州',
  foshan: '佛山',
  huizhou: '惠州',
  zhongshan: '中山',
  zhuhai: '珠海',
  jiangsu: '江苏',
  suzhou: '苏州',
  nanjing: '南京',
  wuxi: '无锡',
  zhejiang: '浙江',
  hangzhou: '杭州',
  ningbo: '宁波',
  shanghai: '上海',
  beijing: '北京',
  tianjin: '天津',
  chongqing: '重庆',
  chengdu: '成都',
  wuhan: '武汉',
  qingdao: '青岛',
  xiamen: '厦门',
  hefei: '合肥',
  'pearl river delta': '珠三角',
  'greater bay area': '大湾区',
  'yangtze river delta': '长三角',
  'south china': '华南',
  'east china': '华东',
}
const EVERYWHERE = /全国|全球|各地|不限|线上|远程|nationwide|worldwide|global|remote|anywhere|china|中国|大陆/i

/** Place names as read: what a vendor serves, or where a plant stands. */
export type Places = {
  phrases: readonly string[]
  /** Names known here; each phrase that holds none makes the whole unclear. */
  names: readonly string[]
  everywhere: boolean
  hasUnknown: boolean
}

/** Every name with all that lies in it. */
const WITHIN: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...Object.keys(REGIONS), ...Object.keys(PROVINCES), ...Object.values(PROVINCES).flat()].map(name => [
    name,
    listWithin(name),
  ]),
)

function listWithin(name: string): Set<string> {
  const parts = [...(PROVINCES[name] ?? []), ...(REGIONS[name] ?? [])].filter(part => part !== name)
  return new Set([name, ...parts, ...parts.flatMap(part => PROVINCES[part] ?? [])])
}

/** Reads place names; `undefined` where nothing is said. */
export function readPlaces(phrases: readonly string[] | undefined): Places | undefined {
  const said = (phrases ?? []).map(phrase => phrase.trim()).filter(phrase => phrase !== '')
  if (said.length === 0) return undefined
  const names = said.map(namesIn)
  return {
    phrases: said,
    names: [...new Set(names.flat())].sort(),
    everywhere: said.some(phrase => EVERYWHERE.test(phrase)),
    hasUnknown: names.some(found => found.length === 0),
  }
}

/** The narrowest known names in a phrase: "广东东莞" is 东莞. */
function namesIn(phrase: string): string[] {
  const lower = phrase.toLowerCase()
  const english = Object.entries(ENGLISH).flatMap(([name, han]) => (lower.includes(name) ? [han] : []))
  const found = [...new Set([...english, ...[...WITHIN.keys()].filter(name => phrase.includes(name))])]
  return found.filter(name => !found.some(other => other !== name && WITHIN.get(name)?.has(other)))
}

/** Whether the regions that a vendor names hold a place; `unclear` where one of them is not known here. */
export function servesPlace(
  regions: Places | undefined,
  place: Places | undefined,
): 'yes' | 'no' | 'unclear' | 'unknown' {
  if (regions === undefined || place === undefined) return 'unknown'
  const isServed =
    regions.everywhere ||
    regions.names.some(region => place.names.some(name => WITHIN.get(region)?.has(name))) ||
    regions.phrases.some(region => place.phrases.some(phrase => region.includes(phrase) || phrase.includes(region)))
  if (isServed) return 'yes'
  return place.hasUnknown || regions.hasUnknown ? 'unclear' : 'no'
}
