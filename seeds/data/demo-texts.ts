import type { ScenarioInput } from '../../src/engine/types.ts'
import { demoInspectionTexts } from './demo-texts/inspection.ts'
import { demoMeasurementTexts } from './demo-texts/measurement.ts'

/** The plant whose demand the demo posts, and the vendor whose endpoint receives what matches. */
export const DEMO_MANUFACTURER = 'hengtai-stamping'
export const DEMO_VENDOR = 'xunshi-vision'

/** A dozen demands of one stamping plant, each within the range of the demo vendor. */
export const demoTexts: Omit<ScenarioInput, 'id'>[] = [...demoInspectionTexts, ...demoMeasurementTexts]
