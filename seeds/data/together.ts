import { DONGGUAN } from './parks.ts'

/**
 * What is done together in the demonstration. `organisation` is a key of `organisations`, `title` the scenario's; of a
 * round the scenarios and vendors are keys, its capacities what each would meet.
 */
export type ConsortiumSeed = { organisation: string; title: string; facets: string[] }
export type RoundSeed = {
  park: string
  title: string
  scenarios: { organisation: string; title: string; capacity: number }[]
  vendors: { organisation: string; capacity: number }[]
}

export const consortia: ConsortiumSeed[] = [
  // A furniture cluster's shared set of defects: pictures, labelling, a space in which they stay apart, an institute.
  {
    organisation: 'baishun-furniture',
    title: '油漆门板颗粒、流挂靠手电筒看',
    facets: ['pb.defect-inspection', 'rs.hqdataset', 'rs.labelbase', 'rs.trusteddataspace', 'role.institute'],
  },
  // A robot cell: vision, gripper, integration, a training ground, a fund.
  {
    organisation: 'taihu-precision',
    title: 'Guided insertion for a cell with mixed trays',
    facets: ['tech.pose', 'pb.grasp', 'pb.robot-assembly', 'rs.traininground', 'element.capital'],
  },
]

export const rounds: RoundSeed[] = [
  {
    park: DONGGUAN,
    title: '家具与塑胶行业视觉检测对接会',
    scenarios: [
      { organisation: 'baishun-furniture', title: '油漆门板颗粒、流挂靠手电筒看', capacity: 2 },
      { organisation: 'yuhe-woodwork', title: '柜板喷漆不良出货才发现', capacity: 2 },
      { organisation: 'tuosen-furniture', title: '餐椅涂装外观不良，目检标准各人不同', capacity: 1 },
    ],
    vendors: [
      { organisation: 'xunshi-vision', capacity: 2 },
      { organisation: 'muqiu-vision', capacity: 1 },
      { organisation: 'zhishang-aoi', capacity: 2 },
      { organisation: 'yunjian-saas', capacity: 2 },
    ],
  },
]
