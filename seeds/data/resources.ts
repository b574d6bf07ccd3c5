import { dongguanResources } from './resources/dongguan.ts'
import { suzhouResources } from './resources/suzhou.ts'
import type { ResourceSeed } from './shapes.ts'

export const resources: ResourceSeed[] = [...dongguanResources, ...suzhouResources]
