import { DONGGUAN, SUZHOU } from '../parks.ts'
import type { OrganisationSeed } from '../shapes.ts'

const row = (key: string, name: string, nameEn: string, city: string, ...parks: string[]): OrganisationSeed => ({
  key,
  name,
  nameEn,
  kind: 'manufacturer',
  city,
  parks,
})

const dongguan = (key: string, name: string, nameEn: string) => row(key, name, nameEn, '东莞', DONGGUAN)
const suzhou = (key: string, name: string, nameEn: string) => row(key, name, nameEn, '苏州', SUZHOU)

export const manufacturers: OrganisationSeed[] = [
  dongguan('hengtai-stamping', '东莞恒泰塬精密冲压有限公司', 'Hengtai Precision Stamping'),
  dongguan('linghui-electronics', '东莞菱珲电子有限公司', 'Linghui Electronics'),
  dongguan('yuanqi-connector', '东莞元岐连接器有限公司', 'Yuanqi Connectors'),
  dongguan('chenpu-power', '东莞沉璞电源科技有限公司', 'Chenpu Power Supplies'),
  dongguan('guangyu-glass', '东莞光屿盖板玻璃有限公司', 'Guangyu Cover Glass'),
  dongguan('mingzhe-appliance', '东莞明柘小家电有限公司', 'Mingzhe Small Appliances'),
  dongguan('junlian-machinery', '东莞骏涟机械有限公司', 'Junlian Machinery'),
  dongguan('dingfeng-mould', '东莞鼎沣模具有限公司', 'Dingfeng Moulds'),
  dongguan('ruisu-plastics', '东莞睿溯注塑制品有限公司', 'Ruisu Plastics'),
  dongguan('baishun-furniture', '东莞柏榫家居有限公司', 'Baisun Furniture'),
  dongguan('yuhe-woodwork', '东莞榆禾木业有限公司', 'Yuhe Woodwork'),
  dongguan('tuosen-furniture', '东莞拓森家具有限公司', 'Tuosen Furniture'),
  dongguan('tongle-toys', '东莞童乐屿玩具有限公司', 'Tongleyu Toys'),
  dongguan('jinlan-textile', '东莞锦澜潮织染有限公司', 'Jinlan Weaving and Dyeing'),
  dongguan('qiaoyi-garment', '东莞巧弋制衣有限公司', 'Qiaoyi Garments'),
  dongguan('bujing-footwear', '东莞步泾鞋业有限公司', 'Bujing Footwear'),
  dongguan('haoyuan-paper', '东莞浩沅纸业有限公司', 'Haoyuan Paper'),
  dongguan('caiji-printing', '东莞彩霁包装印刷有限公司', 'Caiji Packaging Print'),
  dongguan('weixian-food', '东莞味弦食品有限公司', 'Weixian Foods'),
  dongguan('qingtai-recycling', '东莞青苔再生资源有限公司', 'Qingtai Recycling'),
  suzhou('suwei-semiconductor', '苏州溯蔚半导体有限公司', 'Suwei Semiconductor'),
  suzhou('lanjing-display', '苏州澜璟显示技术有限公司', 'Lanjing Display'),
  suzhou('langqiao-instrument', '苏州廊峤仪器有限公司', 'Langqiao Instruments'),
  suzhou('taihu-precision', '苏州汰浒精机有限公司', 'Taihu Precision Equipment'),
  suzhou('beichuan-bearing', '苏州贝浐轴承有限公司', 'Beichuan Bearings'),
  suzhou('jiangche-auto', '苏州匠澈汽车零部件有限公司', 'Jiangche Auto Parts'),
  suzhou('tanyuan-battery', '苏州炭沅电池有限公司', 'Tanyuan Batteries'),
  suzhou('heguang-solar', '苏州禾珖新能源有限公司', 'Heguang Solar'),
  suzhou('kangze-pharma', '苏州康泽禾制药有限公司', 'Kangzehe Pharmaceuticals'),
  suzhou('yuance-biotech', '苏州源筴生物科技有限公司', 'Yuance Biotech'),
  suzhou('yihe-medical-device', '苏州弈禾医疗器械有限公司', 'Yihe Medical Devices'),
  suzhou('tielan-steel', '苏州铁岚特钢有限公司', 'Tielan Special Steel'),
  suzhou('jinxi-alloy', '苏州津汐铝材有限公司', 'Jinxi Aluminium'),
  suzhou('huayan-chemical', '苏州桦砚化学有限公司', 'Huayan Chemicals'),
]
