import { DONGGUAN } from '../parks.ts'
import type { ScenarioSeed } from '../shapes.ts'

/**
 * Three furniture makers with one problem: coated boards are looked over by eye, and each has too few pictures of defects
 * for a model of its own. Together they have enough.
 */
const board = (
  [key, organisation]: [string, string],
  [title, summary]: [string, string],
  samples: number,
  budgetYuan: number,
): ScenarioSeed => ({
  key,
  organisation,
  park: DONGGUAN,
  visibility: 'park',
  input: {
    language: 'zh',
    title,
    summary,
    industry: 'ind.C21',
    processes: ['proc.painting'],
    problems: ['pb.defect-inspection'],
    datasets: [
      {
        name: '油漆板件照片',
        modality: 'mod.image',
        formats: ['fmt.jpg'],
        volume: { value: samples, unit: 'samples' },
        labelCoverage: 0.6,
        storage: 'exported',
      },
    ],
    constraints: { deployments: ['dp.edge', 'dp.onprem'] },
    budget: { max: budgetYuan, currency: 'CNY' },
  },
})

export const furnitureClusterScenarios: ScenarioSeed[] = [
  board(
    ['furniture-board-defects', 'baishun-furniture'],
    [
      '油漆门板颗粒、流挂靠手电筒看',
      '门板喷涂后三个人打手电筒挑颗粒、流挂、针孔，夜班漏得多。缺陷图攒了两年才几百张。',
    ],
    420,
    250_000,
  ),
  board(
    ['furniture-cabinet-defects', 'yuhe-woodwork'],
    ['柜板喷漆不良出货才发现', '柜板喷漆的橘皮、针孔、漏喷全靠终检目检，客户退一批就白干一周。想上视觉，照片不够。'],
    360,
    180_000,
  ),
  board(
    ['furniture-chair-defects', 'tuosen-furniture'],
    [
      '餐椅涂装外观不良，目检标准各人不同',
      '餐椅涂装的气泡、划伤、流挂由五个人目检，谁看结果都不一样。缺陷样本只有一点点。',
    ],
    310,
    120_000,
  ),
]
