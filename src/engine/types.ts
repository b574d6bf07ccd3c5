/**
 * The shapes that go into the engine and come out of it. Nothing here does I/O or knows a clock.
 *
 * Units stand last in a name. Every score, part, weight and contribution is an integer in ten-thousandths
 * (0 to 10,000); every share (label coverage, completeness) is a number from 0 to 1.
 */

/** A concept field: an id of the lexicon, or words that the lexicon does not know. */
export type ConceptRef = string | { text: string }

export type Language = 'zh' | 'en'

/** Text in both languages of the product. */
export type Bilingual = { zh: string; en: string }

/**
 * Who may read a field: everyone who may read the thing at all, those who showed mutual interest, those who were
 * introduced. From the most open to the most closed.
 */
export const TIERS = ['public', 'shared', 'sealed'] as const
export type Tier = (typeof TIERS)[number]

/** How far data may travel, from the narrowest to the widest. */
export const DATA_REACHES = ['site', 'park', 'mainland', 'hkmo', 'abroad'] as const
export type DataReach = (typeof DATA_REACHES)[number]

/** Data Security Law grades; industrial levels 1 to 3 are a field of their own (3 is the highest). */
export const DATA_GRADES = ['general', 'important', 'core'] as const
export type DataGrade = (typeof DATA_GRADES)[number]

/** From the most open to the most closed. */
export const ACCESS_MODES = ['download', 'api', 'desensitised', 'onSite', 'none'] as const
export type AccessMode = (typeof ACCESS_MODES)[number]

/** How often new data arrives, from the freshest to a single old export. */
export const FRESHNESSES = ['live', 'hourly', 'daily', 'weekly', 'monthly', 'static'] as const
export type Freshness = (typeof FRESHNESSES)[number]

/** Whether the data exists on paper, in a machine, exported, or documented (readiness, DOMAIN.md §5). */
export const STORAGE_STATES = ['paper', 'inSystem', 'exported', 'documented'] as const
export type StorageState = (typeof STORAGE_STATES)[number]

export const VOLUME_UNITS = ['samples', 'rows', 'hours', 'documents', 'gigabytes'] as const
export type VolumeUnit = (typeof VOLUME_UNITS)[number]
export type Volume = { value: number; unit: VolumeUnit }

/** A target that a factory sets: `kpi` is a concept (`kpi.*`), `unit` as written ("%", "s/件"). */
export type Goal = { kpi: ConceptRef; unit?: string; baseline?: number; target?: number }

/** Data that a factory holds. An absent attribute is unknown, which is not the same as zero. */
export type Dataset = {
  name: string
  modality: ConceptRef
  formats?: ConceptRef[]
  protocols?: ConceptRef[]
  systems?: ConceptRef[]
  volume?: Volume
  /** Share of the samples that carry a label, 0 to 1. */
  labelCoverage?: number
  /** Number of samples that show the defect or fault (NG samples). */
  negativeSamples?: number
  samplingHz?: number
  timeSpanDays?: number
  freshness?: Freshness
  /** Share of values present, 0 to 1. */
  completeness?: number
  /** Whether rows can be joined to batch, order or machine. */
  hasContext?: boolean
  storage?: StorageState
  grade?: DataGrade
  industrialLevel?: 1 | 2 | 3
  personalData?: boolean
  accessMode?: AccessMode
  /** Overrides the reach of the scenario's constraints for this dataset alone. */
  reach?: DataReach
}

/** Data that a vendor's model needs: the attributes of a dataset as minimums. */
export type DataRequirement = {
  name: string
  /** `required`: it does not work without; `useful`: it works better with. */
  level: 'required' | 'useful'
  modality: ConceptRef
  formats?: ConceptRef[]
  protocols?: ConceptRef[]
  volumeMin?: Volume
  labelCoverageMin?: number
  /** Number of labelled samples needed, whatever the whole volume is. */
  labelledSamplesMin?: number
  negativeSamplesMin?: number
  samplingHzMin?: number
  timeSpanDaysMin?: number
  /** The stalest freshness that still works. */
  freshnessMin?: Freshness
  completenessMin?: number
  needsContext?: boolean
  /** The access modes with which the vendor can work. Absent: any but `none`. */
  accessModes?: AccessMode[]
  /** The vendor moves the data to this place to work on it. Absent: follows from the deployment forms. */
  reach?: DataReach
  /** Whether the vendor can take the dataset with personal information in it. Absent: yes. */
  personalDataAllowed?: boolean
}

export type Constraints = {
  /** Deployment forms that the factory accepts (`dp.*`). Absent or empty: any. */
  deployments?: ConceptRef[]
  reach?: DataReach
  latencyMsMax?: number
  /** Seconds per piece. */
  taktS?: number
  domesticHardware?: boolean
  /** Certificates and levels asked for (`cp.*`: MLPS, ISO 27001, IATF, explosion proof …). */
  certificates?: ConceptRef[]
  /** Whether people outside the factory use what is generated: triggers generative-AI filing. */
  publicAudience?: boolean
}

/** Amounts in whole currency units. */
export type MoneyRange = { min?: number; max?: number; currency: string }

/** Demand as the engine reads it: every tier merged. */
export type ScenarioInput = {
  id: string
  language?: Language
  title: string
  summary?: string
  details?: string
  industry?: ConceptRef
  processes?: ConceptRef[]
  equipment?: ConceptRef[]
  problems?: ConceptRef[]
  goals?: Goal[]
  datasets?: Dataset[]
  constraints?: Constraints
  budget?: MoneyRange
  /** RFC 3339 dates (day precision). */
  startsOn?: string
  neededBy?: string
  /** City or region in plain words. */
  place?: string
}

export type CaseEvidence = {
  title: string
  industry?: ConceptRef
  kpi?: ConceptRef
  unit?: string
  before?: number
  after?: number
  customers?: number
  verified?: boolean
}

/** Supply as the engine reads it: every tier merged. */
export type CapabilityInput = {
  id: string
  language?: Language
  title: string
  summary?: string
  details?: string
  /** What a customer gains, in the vendor's words. Weighs less than the text itself. */
  benefits?: string
  techniques?: ConceptRef[]
  problems?: ConceptRef[]
  industries?: ConceptRef[]
  processes?: ConceptRef[]
  dataRequirements?: DataRequirement[]
  deployments?: ConceptRef[]
  latencyMs?: number
  hardware?: ConceptRef[]
  integrations?: ConceptRef[]
  evidence?: CaseEvidence[]
  price?: MoneyRange
  leadTimeDays?: number
  /** Projects that the vendor can run at once, and how many of them are taken. */
  capacity?: number
  capacityUsed?: number
  /** Cities or regions served, in plain words. Absent: everywhere. */
  regions?: string[]
  certificates?: ConceptRef[]
  /** What it cannot do, in the vendor's words. */
  limits?: string[]
  trl?: number
  /** A generative-AI filing or registration number, where the model has one. */
  genaiFiling?: string
}

/**
 * Where something was said. `field` is a JSON pointer into the input (`/summary`, `/datasets/0`), so that the caller
 * can hide it from a reader who may not see that field. `start` and `end` are UTF-16 offsets into that field's own
 * text, absent for a structured field. `surface` is the text at that place as it was written; of a list or an object
 * the first 80 characters of its JSON.
 */
export type Span = { field: string; start?: number; end?: number; surface: string }

export const PART_NAMES = ['problem', 'technique', 'text', 'data', 'operation', 'commercial', 'trackRecord'] as const
export type PartName = (typeof PART_NAMES)[number]

/** One piece of evidence: what in the demand met what in the supply, by which concept. */
export type Evidence = {
  /** Lexicon id that joins both sides, where there is one. */
  concept?: string
  scenario: Span[]
  capability: Span[]
  /** Share of the part's value that this piece brought, in ten-thousandths of the part's value. */
  points: number
}

/**
 * `contribution` is `weight × value` rounded so that the contributions of a direction sum to its score exactly. `evidence`
 * holds at most five pieces, those with most points, each with at most four places a side; it is the same in both
 * directions.
 */
export type Part = { name: PartName; weight: number; value: number; contribution: number; evidence: Evidence[] }

export type DirectionScore = { score: number; parts: Part[] }

export const VERDICTS = ['ok', 'convertible', 'missing', 'forbidden'] as const
export type Verdict = (typeof VERDICTS)[number]

/** The attribute of the data interface that a gap is about (`da.*` in the lexicon). */
export const GAP_FIELDS = [
  'modality',
  'format',
  'protocol',
  'volume',
  'labels',
  'negativeSamples',
  'sampling',
  'timeSpan',
  'freshness',
  'completeness',
  'context',
  'access',
  'reach',
  'personalData',
  'storage',
] as const
export type GapField = (typeof GAP_FIELDS)[number]

export const FIXES = [
  'convertFormat',
  'addGateway',
  'collect',
  'label',
  'augment',
  'resample',
  'wait',
  'schedule',
  'clean',
  'join',
  'agreeAccess',
  'deployOnSite',
  'desensitise',
  'digitise',
  'export',
  'liftRestriction',
  'askFactory',
] as const
export type Fix = (typeof FIXES)[number]

export type FixedBy = 'factory' | 'vendor' | 'park' | 'authority'
/** One attribute of one requirement against the best dataset held. `need` and `have` are values in the field's own unit. */
export type Gap = {
  /** Index into `dataRequirements`. */
  requirement: number
  level: 'required' | 'useful'
  /** Index into `datasets` of the dataset that serves best; absent where none of the modality is held. */
  dataset?: number
  field: GapField
  verdict: Verdict
  need: string | number | boolean | string[] | null
  have: string | number | boolean | string[] | null
  unit?: string
  fix?: Fix
  /** Working days, from and to. */
  effortDays?: [number, number]
  by?: FixedBy[]
  /** Kind of park resource that could help (`rs.*`). */
  resource?: string
  /** JSON pointer of the text in which `have` was read, where no field of the scenario states it. */
  haveField?: string
}

/** A reason why a pair is impossible, with its rule: `source` names the law, standard or wish it stands on. */
export type Gate = {
  rule: string
  source: string
  /** Who can lift it. */
  liftedBy: FixedBy[]
  scenarioField: string
  capabilityField?: string
  need: string
  have: string | null
}

/** What would change the score most: the change as a code with its parameters, and the effect on the total. */
export type Counterfactual = { change: string; params: Record<string, string | number>; delta: number; by: FixedBy }

export type Versions = { engine: string; lexicon: string; weights: string; embedding?: string }

/** One pair with its whole proof. `total` is round(sqrt(factory.score × vendor.score)), 0 where a gate fires. */
export type Score = {
  capabilityId: string
  total: number
  factory: DirectionScore
  vendor: DirectionScore
  gates: Gate[]
  gaps: Gap[]
  counterfactuals: Counterfactual[]
}

export type Ranking = {
  versions: Versions
  /** Pairs without a gate, best first; ties by capability id. */
  matches: Score[]
  /** Pairs that would have entered the list but for their gate, best first by the total they would have had. */
  nearMisses: (Score & { totalWithoutGates: number })[]
}
