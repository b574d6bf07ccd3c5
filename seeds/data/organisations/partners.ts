import { DONGGUAN, SUZHOU } from '../parks.ts'
import type { OrganisationSeed } from '../shapes.ts'

/** Institutes, resource providers and the governments of the two parks: they lend, they neither demand nor supply. */
export const partners: OrganisationSeed[] = [
  {
    key: 'binhai-ai-institute',
    name: '滨海湾人工智能应用研究院',
    nameEn: 'Binhai Bay Institute of Applied AI',
    kind: 'institute',
    city: '东莞',
    parks: [DONGGUAN],
  },
  {
    key: 'dongjiang-process-lab',
    name: '东江畔先进工艺实验室',
    nameEn: 'Dongjiang Process Laboratory',
    kind: 'institute',
    city: '东莞',
    parks: [DONGGUAN, SUZHOU],
  },
  {
    key: 'chenghu-biomanufacturing-institute',
    name: '澄湖生物制造研究所',
    nameEn: 'Chenghu Institute of Biomanufacturing',
    kind: 'institute',
    city: '苏州',
    parks: [SUZHOU],
  },
  {
    key: 'binhai-compute',
    name: '滨湾智算服务有限公司',
    nameEn: 'Binwan Compute Services',
    kind: 'provider',
    city: '东莞',
    parks: [DONGGUAN],
  },
  {
    key: 'zhilian-dataspace',
    name: '智涟可信数据空间运营有限公司',
    nameEn: 'Zhilian Trusted Data Space',
    kind: 'provider',
    city: '东莞',
    parks: [DONGGUAN, SUZHOU],
  },
  {
    key: 'lanqiao-capital',
    name: '兰樵产业投资管理有限公司',
    nameEn: 'Lanqiao Industrial Capital',
    kind: 'provider',
    city: '东莞',
    parks: [DONGGUAN, SUZHOU],
  },
  {
    key: 'chenghu-labelling',
    name: '澄湖数据标注服务有限公司',
    nameEn: 'Chenghu Data Labelling',
    kind: 'provider',
    city: '苏州',
    parks: [SUZHOU],
  },
  {
    key: 'binhai-industry-office',
    name: '滨海湾智造园产业服务办公室',
    nameEn: 'Binhai Bay Industry Office',
    kind: 'government',
    city: '东莞',
    parks: [DONGGUAN],
  },
  {
    key: 'chenghu-committee',
    name: '澄湖智能制造园管理委员会',
    nameEn: 'Chenghu Park Committee',
    kind: 'government',
    city: '苏州',
    parks: [SUZHOU],
  },
]
