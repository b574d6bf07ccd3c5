import { DONGGUAN, SUZHOU } from '../parks.ts'
import type { ScenarioSeed } from '../shapes.ts'

/** Demand as it first reaches a park: two sentences and no field filled in beyond the industry, if that. */
export const firstCallScenarios: ScenarioSeed[] = [
  {
    key: 'call-hinge-force',
    organisation: 'hengtai-stamping',
    park: DONGGUAN,
    visibility: 'network',
    input: {
      title: '铰链件来料混料',
      summary: '外协电镀回来的铰链两种厚度混在一起，冲了半天才发现，整箱报废。能不能在上料前自动认出来？',
      industry: 'ind.C33',
      problems: ['pb.incoming'],
    },
  },
  {
    key: 'call-reflow-drift',
    organisation: 'linghui-electronics',
    park: DONGGUAN,
    visibility: 'park',
    input: {
      title: '锡膏印刷 CPK 天天跳',
      summary: 'SPI 数据有，SPC 图也画了，没人看，红灯亮了还在生产。需引入AI自动识别异常走势并提醒到人。',
      industry: 'ind.C39',
      problems: ['pb.spc'],
    },
  },
  {
    key: 'call-glass-handling',
    organisation: 'guangyu-glass',
    park: DONGGUAN,
    visibility: 'network',
    input: {
      title: '玻璃插架全靠手，割手又慢',
      summary: '清洗后的盖板要一片片插到架子里，片薄反光，机器人抓不稳。',
      industry: 'ind.C30',
      problems: ['pb.grasp'],
    },
  },
  {
    key: 'call-appliance-motor-noise',
    organisation: 'mingzhe-appliance',
    park: DONGGUAN,
    visibility: 'network',
    input: {
      title: '搅拌机电机杂音，客户退货说太吵',
      summary: '流水线边上噪音大，听音员戴耳机也分不清。想要自动判。',
      industry: 'ind.C38',
    },
  },
  {
    key: 'call-toy-warehouse',
    organisation: 'tongle-toys',
    park: DONGGUAN,
    visibility: 'park',
    input: {
      title: '仓库找货半小时，双十一发错上千单',
      summary: '尾箱散箱乱放，拣货靠老仓管记性。',
      industry: 'ind.C24',
      problems: ['pb.logistics'],
    },
  },
  {
    key: 'call-dye-workshop-check',
    organisation: 'jinlan-textile',
    park: DONGGUAN,
    visibility: 'network',
    input: {
      title: '定型机点检表都是补的',
      summary: '设备点检要拍照打卡，月底一查都是同一张照片。热媒泄漏起过一次火，老板要求真的去看。',
      industry: 'ind.C17',
      problems: ['pb.inspection-round'],
    },
  },
  {
    key: 'call-carton-delivery',
    organisation: 'caiji-printing',
    park: DONGGUAN,
    visibility: 'network',
    input: {
      title: 'Sales promises a date, the press hall laughs',
      summary: 'We quote delivery dates without looking at the load. 一半订单改过交期, customers stop believing us.',
      industry: 'ind.C23',
      problems: ['pb.delivery-commit'],
    },
  },
  {
    key: 'call-packing-line-oee',
    organisation: 'weixian-food',
    park: DONGGUAN,
    visibility: 'network',
    input: {
      title: '包装线 OEE 不到 50%，不知道时间去哪了',
      summary: '小停机一天上百次，三五十秒一次，没人记。',
      industry: 'ind.C14',
      problems: ['pb.oee-improve'],
    },
  },
  {
    key: 'call-recycling-shredder',
    organisation: 'qingtai-recycling',
    park: DONGGUAN,
    visibility: 'park',
    input: {
      title: '破碎机进铁块，刀一换两万',
      summary: '来料里夹铁件、电池，人捡不干净，还着过火。',
      industry: 'ind.C42',
    },
  },
  {
    key: 'call-display-clean-room',
    organisation: 'lanjing-display',
    park: SUZHOU,
    visibility: 'network',
    input: {
      title: '备件买多了占钱，买少了停线',
      summary: '进口备件交期 16 周，库房压着 2000 万，真坏的时候偏偏没有。需引入AI预测备件消耗。',
      industry: 'ind.C39',
      problems: ['pb.maint-schedule'],
    },
  },
  {
    key: 'call-instrument-leads',
    organisation: 'langqiao-instrument',
    park: SUZHOU,
    visibility: 'park',
    input: {
      title: '招标信息看不过来，总是晚一步',
      summary: '全国高校和检测院的仪器采购信息散在几百个网站，销售每天刷，等看到只剩三天。',
      industry: 'ind.C40',
      problems: ['pb.lead'],
    },
  },
  {
    key: 'call-pharma-rounds',
    organisation: 'kangze-pharma',
    park: SUZHOU,
    visibility: 'network',
    input: {
      title: 'Freeze-dryer vacuum drops, batch lost',
      summary:
        'Twice this year the vacuum pump faded over some weeks and nobody saw it. One batch is 1.6 million yuan.',
      industry: 'ind.C27',
      problems: ['pb.pdm'],
      equipment: ['eq.pump'],
    },
  },
  {
    key: 'call-steel-twin',
    organisation: 'tielan-steel',
    park: SUZHOU,
    visibility: 'network',
    input: {
      title: '参观通道要一块孪生大屏，最好真能用',
      summary: '上级来看要大屏，我们希望连上真实数据，能看到加热炉和轧线的瓶颈，而不是放动画。',
      industry: 'ind.C31',
      problems: ['pb.twin'],
    },
  },
]
