import type { ParkSeed } from './shapes.ts'

export const DONGGUAN = 'dongguan-binhai-bay'
export const SUZHOU = 'suzhou-chenghu'

/** Two parks whose industries overlap in electronics only, so that network visibility has something to show. */
export const parks: ParkSeed[] = [
  {
    slug: DONGGUAN,
    name: '东莞滨海湾智造园',
    nameEn: 'Dongguan Binhai Bay Manufacturing Park',
    region: '广东省东莞市',
    timeZone: 'Asia/Shanghai',
    matchThreshold: 4500,
  },
  {
    slug: SUZHOU,
    name: '苏州澄湖智能制造园',
    nameEn: 'Suzhou Chenghu Smart Manufacturing Park',
    region: '江苏省苏州市',
    timeZone: 'Asia/Shanghai',
    matchThreshold: 4500,
  },
]
