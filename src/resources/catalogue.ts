import { and, asc, eq, isNotNull } from 'drizzle-orm'
import { readPark } from '../identity/service.ts'
import type { Tx } from '../platform/db.ts'
import { type DatasetTerms, resources } from './tables.ts'

/** The context of the export, complete in itself, so that nobody has to fetch one. */
export const CATALOGUE_CONTEXT = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  odrl: 'http://www.w3.org/ns/odrl/2/',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  duijie: 'urn:duijie:terms:',
} as const

const DATASETS_MAX = 1_000
const DUTIES = { attribute: 'odrl:attribute', delete: 'odrl:delete', inform: 'odrl:inform' } as const
const FORBIDS = { distribute: 'odrl:distribute', derive: 'odrl:derive', export: 'duijie:export' } as const
const text = (zh: string, en: string | null) => [
  { '@value': zh, '@language': 'zh' },
  ...(en === null ? [] : [{ '@value': en, '@language': 'en' }]),
]

/**
 * The data catalogue of a park as DCAT 3 (W3C Recommendation, 2024) in JSON-LD, with the terms of each data set as an
 * ODRL 2.2 offer. Ids are URNs, because an id here is no address.
 * @throws 404 for an unknown park
 */
export const exportCatalogue = async (tx: Tx, parkId: string) => {
  const park = await readPark(tx, parkId)
  const rows = await tx
    .select()
    .from(resources)
    .where(and(eq(resources.parkId, parkId), eq(resources.element, 'data'), isNotNull(resources.dataset)))
    .orderBy(asc(resources.id))
    .limit(DATASETS_MAX)
  return {
    '@context': CATALOGUE_CONTEXT,
    '@id': `urn:duijie:catalogue:${parkId}`,
    '@type': 'dcat:Catalog' as const,
    'dct:title': text(`${park.name}数据目录`, park.nameEn ? `Data catalogue of ${park.nameEn}` : null),
    'dct:description': text(
      '园区及其伙伴可供使用的数据及使用条件',
      'Data that the park and its partners lend, with terms of use',
    ),
    'dct:publisher': { '@id': `urn:duijie:park:${parkId}`, '@type': 'foaf:Agent', 'foaf:name': park.name },
    'dcat:dataset': rows.flatMap(row => (row.dataset ? [toDataset(row, row.dataset)] : [])),
  }
}

const toDataset = (row: typeof resources.$inferSelect, terms: DatasetTerms) => {
  const id = `urn:duijie:resource:${row.id}`
  return {
    '@id': id,
    '@type': 'dcat:Dataset',
    'dct:identifier': row.id,
    'dct:title': text(row.title, row.titleEn),
    'dct:description': text(row.summary ?? row.title, null),
    'dct:publisher': { '@id': `urn:duijie:organisation:${row.organisationId}`, '@type': 'foaf:Agent' },
    'dct:issued': { '@value': row.createdAt.toISOString(), '@type': 'xsd:dateTime' },
    'dct:accessRights': text(terms.usage.zh, terms.usage.en),
    'duijie:jurisdiction': terms.jurisdiction,
    'duijie:sensitivity': terms.sensitivity,
    ...(terms.theme ? { 'dcat:keyword': text(terms.theme, null) } : {}),
    'dcat:distribution': {
      '@id': `${id}:distribution`,
      '@type': 'dcat:Distribution',
      'dcat:accessURL': { '@id': id },
      ...(terms.format
        ? { 'dcat:mediaType': { '@id': `https://www.iana.org/assignments/media-types/${terms.format}` } }
        : {}),
    },
    'odrl:hasPolicy': toPolicy(id, row.organisationId, terms),
  }
}

const toPolicy = (target: string, organisationId: string, terms: DatasetTerms) => ({
  '@id': `${target}:offer`,
  '@type': 'odrl:Offer',
  'odrl:uid': { '@id': `${target}:offer` },
  'odrl:permission': {
    'odrl:target': { '@id': target },
    'odrl:assigner': { '@id': `urn:duijie:organisation:${organisationId}` },
    'odrl:action': { '@id': 'odrl:use' },
    'odrl:constraint': {
      'odrl:leftOperand': { '@id': 'odrl:purpose' },
      'odrl:operator': { '@id': 'odrl:isAnyOf' },
      'odrl:rightOperand': terms.purposes,
    },
    ...(terms.duties.length > 0
      ? { 'odrl:duty': terms.duties.map(duty => ({ 'odrl:action': { '@id': DUTIES[duty] } })) }
      : {}),
  },
  ...(terms.forbids.length > 0
    ? {
        'odrl:prohibition': terms.forbids.map(forbidden => ({
          'odrl:target': { '@id': target },
          'odrl:assigner': { '@id': `urn:duijie:organisation:${organisationId}` },
          'odrl:action': { '@id': FORBIDS[forbidden] },
        })),
      }
    : {}),
})
