import { PART_WEIGHTS } from '../parts/weights.ts'
import { PART_NAMES, type PartName } from '../types.ts'

/**
 * Points of the total that a part of value 1 can bring: the mean of its weights in both directions. A geometric mean is
 * never above the arithmetic one, so that a total is at most the sum of points over its parts.
 */
export const PART_POINTS = Object.fromEntries(
  PART_NAMES.map(name => [name, (PART_WEIGHTS.factory[name] + PART_WEIGHTS.vendor[name]) / 2]),
) as Record<PartName, number>
