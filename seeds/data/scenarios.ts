import { biomedicineScenarios } from './scenarios/biomedicine.ts'
import { electronicsScenarios } from './scenarios/electronics.ts'
import { firstCallScenarios } from './scenarios/first-calls.ts'
import { furnitureClusterScenarios } from './scenarios/furniture-cluster.ts'
import { machineryAutoScenarios } from './scenarios/machinery-auto.ts'
import { metalworkingScenarios } from './scenarios/metalworking.ts'
import { newEnergyScenarios } from './scenarios/new-energy.ts'
import { operationsScenarios } from './scenarios/operations.ts'
import { paperPrintFoodScenarios } from './scenarios/paper-print-food.ts'
import { plasticsToysFurnitureScenarios } from './scenarios/plastics-toys-furniture.ts'
import { processIndustriesScenarios } from './scenarios/process-industries.ts'
import { semiconductorsDisplayScenarios } from './scenarios/semiconductors-display.ts'
import { textilesFootwearScenarios } from './scenarios/textiles-footwear.ts'
import type { ScenarioSeed } from './shapes.ts'

export const scenarios: ScenarioSeed[] = [
  ...electronicsScenarios,
  ...semiconductorsDisplayScenarios,
  ...metalworkingScenarios,
  ...machineryAutoScenarios,
  ...plasticsToysFurnitureScenarios,
  ...textilesFootwearScenarios,
  ...paperPrintFoodScenarios,
  ...newEnergyScenarios,
  ...biomedicineScenarios,
  ...processIndustriesScenarios,
  ...operationsScenarios,
  ...firstCallScenarios,
  ...furnitureClusterScenarios,
]
