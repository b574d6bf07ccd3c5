import { acousticsDiagnosisCapabilities } from './capabilities/acoustics-diagnosis.ts'
import { designContentCapabilities } from './capabilities/design-content.ts'
import { energyCarbonCapabilities } from './capabilities/energy-carbon.ts'
import { inspectionCloud3dCapabilities } from './capabilities/inspection-cloud-3d.ts'
import { inspectionElectronicsCapabilities } from './capabilities/inspection-electronics.ts'
import { inspectionTextileColourCapabilities } from './capabilities/inspection-textile-colour.ts'
import { inspectionXrayMetalCapabilities } from './capabilities/inspection-xray-metal.ts'
import { languageModelsCapabilities } from './capabilities/language-models.ts'
import { maintenanceCapabilities } from './capabilities/maintenance.ts'
import { peoplePlatformCapabilities } from './capabilities/people-platform.ts'
import { processTuningCapabilities } from './capabilities/process-tuning.ts'
import { qualityYieldCapabilities } from './capabilities/quality-yield.ts'
import { roboticsCapabilities } from './capabilities/robotics.ts'
import { safetySecurityCapabilities } from './capabilities/safety-security.ts'
import { schedulingCapabilities } from './capabilities/scheduling.ts'
import { simulationMaterialsCapabilities } from './capabilities/simulation-materials.ts'
import { supplyLogisticsCapabilities } from './capabilities/supply-logistics.ts'
import { xunshiAssemblyCapabilities } from './capabilities/xunshi-assembly.ts'
import { xunshiSurfaceCapabilities } from './capabilities/xunshi-surface.ts'
import type { CapabilitySeed } from './shapes.ts'

export const capabilities: CapabilitySeed[] = [
  ...xunshiSurfaceCapabilities,
  ...xunshiAssemblyCapabilities,
  ...inspectionElectronicsCapabilities,
  ...inspectionCloud3dCapabilities,
  ...inspectionXrayMetalCapabilities,
  ...inspectionTextileColourCapabilities,
  ...maintenanceCapabilities,
  ...acousticsDiagnosisCapabilities,
  ...schedulingCapabilities,
  ...supplyLogisticsCapabilities,
  ...processTuningCapabilities,
  ...energyCarbonCapabilities,
  ...qualityYieldCapabilities,
  ...designContentCapabilities,
  ...simulationMaterialsCapabilities,
  ...roboticsCapabilities,
  ...safetySecurityCapabilities,
  ...languageModelsCapabilities,
  ...peoplePlatformCapabilities,
]
