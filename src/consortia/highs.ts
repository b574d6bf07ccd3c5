import { createRequire } from 'node:module'
import type highs from 'highs'
import type { Solution } from './build.ts'

// The types of the package speak of its CommonJS form, so that is the one that is loaded.
const loadHighs = createRequire(import.meta.url)('highs') as typeof highs.default
let loaded: ReturnType<typeof loadHighs> | undefined

/** One optimum is meant, not one within the solver's usual tolerances: burdens are whole numbers, so half of one is enough. */
const OPTIONS = { mip_rel_gap: 0, mip_abs_gap: 0.5, output_flag: false } as const

/**
 * Solves a model in CPLEX LP text with HiGHS (Huangfu and Hall 2018), and blocks while it does. Undefined where there is
 * no solution, or none was found in time.
 */
export const solveWithHighs = async (model: string, timeLimitMs: number): Promise<Solution | undefined> => {
  loaded ??= loadHighs()
  const solver = await loaded
  const {
    Status: status,
    ObjectiveValue: objective,
    Columns,
  } = solver.solve(model, {
    ...OPTIONS,
    time_limit: timeLimitMs / 1_000,
  })
  if (status !== 'Optimal' && status !== 'Time limit reached') return undefined
  const columns = Object.entries(Columns).map(([name, column]): [string, number] => [
    name,
    'Primal' in column ? column.Primal : 0,
  ])
  return { isOptimal: status === 'Optimal', objective, columns: Object.fromEntries(columns) }
}
