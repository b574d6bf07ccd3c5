import readExcelFile from 'read-excel-file/node'

/**
 * Who takes part: a factory `F`, three vendors whose match with it stands at stage 0, 1 and 2 of disclosure, bystanders
 * of the same park (`G`, `U`), of another one (`H`, `W`), both parks and the operator.
 */
export const ORGANISATIONS = ['F', 'V0', 'V1', 'V2', 'G', 'U', 'H', 'W', 'PA', 'PB', 'O'] as const
export type Name = (typeof ORGANISATIONS)[number]

const STAGES = [0, 1, 2] as const
const PARK_A: Name[] = ['F', 'G', 'V0', 'V1', 'V2', 'U', 'PA']
const PARK_A_AND_OPERATOR: Name[] = [...PARK_A, 'O']

/**
 * What is planted: a text `CANARY-<object>-<tier>-<field>` in every field that takes text, a figure or an id of its own
 * where there is none. The table says who may ever read an object's tier.
 */
export const READERS: Record<string, Name[]> = {
  'scenario-public': PARK_A_AND_OPERATOR,
  'scenario-shared': ['F', 'PA', 'V1', 'V2'],
  'scenario-sealed': ['F', 'V2'],
  'moved-public': PARK_A_AND_OPERATOR,
  'moved-sealed': ['F'],
  'draft-sealed': ['F'],
  'review-owner': ['F', 'PA'],
  ...Object.fromEntries(
    STAGES.flatMap((stage): [string, Name[]][] => [
      [`capability${stage}-public`, PARK_A_AND_OPERATOR],
      [`capability${stage}-shared`, [`V${stage}`, 'PA', ...(stage >= 1 ? (['F'] as const) : [])]],
      [`capability${stage}-sealed`, [`V${stage}`, ...(stage >= 2 ? (['F'] as const) : [])]],
    ]),
  ),
  'factory-name': ['F', 'PA', 'O', 'V1', 'V2'],
  'endpoint-own': ['V2'],
  'key-own': ['V2'],
  'match2-parties': ['F', 'V2', 'PA'],
  'outcome2-parties': ['F', 'V2', 'PA'],
  'person-own': ['F'],
  'invitation-own': ['F'],
  'company-park': ['PA', 'O'],
  'contact-park': ['PA'],
  'target-park': ['PA'],
  'resource-park': PARK_A,
  'reservation-own': ['V2', 'PA'],
  'rule-park': PARK_A,
  'grant-firm': ['F', 'PA'],
  'exclusion-own': ['F'],
  'import-own': ['F'],
  'mapping-own': ['F'],
  // The title of a consortium is for whoever is asked; what was agreed is for whoever is in.
  'consortium-asked': ['F', 'PA', 'V1', 'V2'],
  'charter-members': ['F', 'PA', 'V2'],
  'challenge-park': PARK_A,
  'answer-own': ['F', 'PA', 'U'],
  'verdict-own': ['F', 'PA', 'U'],
  // A quote is for whoever has joined; what one would pay alone is for oneself and the park.
  'pool-members': ['F', 'PA'],
  'pool-own': ['F', 'PA'],
  'round-park': PARK_A,
  'limits-park': ['PA'],
  'list-park': ['PA'],
  'run-park': ['PA', 'O'],
  'file-park': ['PA'],
}

/** Figures, addresses and ids that stand for a key: what takes no text is planted so. */
const FIGURES = new Map<string, string>([
  ['98720001', 'scenario-shared'],
  ['98710000', 'capability0-shared'],
  ['98710001', 'capability1-shared'],
  ['98710002', 'capability2-shared'],
  ['98730001', 'grant-firm'],
  ['98740001', 'pool-own'],
  ['canary.invited@example.com', 'invitation-own'],
  ['canary.contact@example.com', 'contact-park'],
  ['canary.person@example.com', 'person-own'],
  ['canary.colleague@example.com', 'person-own'],
])
export const plantFigure = (figure: string, key: string): void => void FIGURES.set(figure, key)

/** Every planted thing in a text, by the key of `READERS`. */
export const canariesIn = (text: string): string[] => [
  ...new Set([
    ...[...text.matchAll(/CANARY-([a-z]+\d?-[a-z]+)/g)].map(([, key = '']) => key),
    ...[...FIGURES].flatMap(([figure, key]) => (text.includes(figure) ? [key] : [])),
  ]),
]

/** Canaries in a text that the organisation may never read. */
export const leaksTo = (organisation: Name | undefined, text: string): string[] =>
  canariesIn(text).filter(key => organisation === undefined || !READERS[key]?.includes(organisation))

export const canary = (key: string, field: string): string => `CANARY-${key}-${field}`

/** What a person reads in an answer: a packed file is unpacked first. */
export const textOf = async (body: Buffer, type: string): Promise<string> => {
  if (type.includes('spreadsheetml')) return JSON.stringify(await readExcelFile(body))
  if (type.includes('application/pdf')) return pdfText(body)
  return body.toString()
}

/** The text of a PDF, page by page. */
export const pdfText = async (file: Buffer): Promise<string> => {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const pdf = await getDocument({ data: new Uint8Array(file), useSystemFonts: false, verbosity: 0 }).promise
  const pages: string[] = []
  for (let nth = 1; nth <= pdf.numPages; nth++) {
    const { items } = await (await pdf.getPage(nth)).getTextContent()
    pages.push(items.map(item => ('str' in item ? item.str : '')).join('\n'))
  }
  await pdf.destroy()
  return pages.join('\n\n')
}

const FROM_BASE64 = /=\?UTF-8\?B\?(.+?)\?=/gi

/** Headers and body of a mail as its reader sees them. */
export const mailText = (raw: string): string => {
  const [head = '', ...parts] = raw.split('\r\n\r\n')
  const body = parts.join('\r\n\r\n')
  const unfolded = head
    .replace(/\r\n /g, '')
    .replace(FROM_BASE64, (_, text: string) => Buffer.from(text, 'base64').toString())
  const quoted = Buffer.from(
    body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString()
  const packed = body.replace(/[A-Za-z0-9+/=\r\n]{40,}/g, text => Buffer.from(text, 'base64').toString())
  return `${unfolded}\n${quoted}\n${packed}`
}
