import { type SQL, sql } from 'drizzle-orm'
import { textArray } from '../events/outbox.ts'
import type { Bilingual } from '../engine/types.ts'
import { sha256 } from '../platform/secrets.ts'

/** Whom it concerns. Of an organisation also the people who have no other one. */
export type Subject = {
  organisationId: string | undefined
  personIds: string[]
  emails: string[]
  names: string[]
}

/**
 * One step: which rows of a table are deleted, or what is set in them. `rows` is a condition on the table under its alias
 * `x`; of a step that sets, it no longer holds once a row was treated, so that a step may be done twice.
 */
export type Step = { id: string; table: string; what: Bilingual; rows: (subject: Subject) => SQL; set?: SQL }

/** Stands where a text has been removed. */
const GONE = '（已删除 · erased）'

const ids = (subject: Subject) => textArray(subject.personIds)
const owner = (subject: Subject) => subject.organisationId ?? ''
const hisOrHers = (subject: Subject) => sql`x.person_id = any(${ids(subject)})`
const ofOrganisation = (subject: Subject) => sql`x.organisation_id = ${owner(subject)}`
const deleted = (table: string, zh: string, en: string, rows: Step['rows'], id = table): Step => ({
  id,
  table,
  what: { zh, en },
  rows,
})
const cleared = (table: string, zh: string, en: string, rows: Step['rows'], set: SQL, id = `${table}:texts`): Step => ({
  ...deleted(table, zh, en, rows, id),
  set,
})

/** A contact person of a text is found by his address, or by his name in the texts of his own organisations. */
const isContact = (subject: Subject) => sql`(lower(x.body -> 'contact' ->> 'email') = any(${textArray(subject.emails)})
  or (x.body -> 'contact' ->> 'person' = any(${textArray(subject.names)}) and x.organisation_id in
    (select p.organisation_id from positions p where p.person_id = any(${ids(subject)}))))`

const PERSON_STEPS: Step[] = [
  deleted('sessions', '登录会话（含浏览器标识）', 'Sessions, with the name of the browser', hisOrHers),
  deleted('sign_in_links', '登录链接', 'Sign-in links', hisOrHers),
  deleted('passwords', '密码散列', 'The hash of the password', hisOrHers),
  deleted('person_identities', '第三方登录标识', 'Identities at providers', hisOrHers),
  deleted('mail_settings', '邮件设置', 'Settings of mail', hisOrHers),
  deleted('notices', '通知与待发邮件', 'Notices and mail that is due', hisOrHers),
  deleted(
    'idempotency_keys',
    '请求去重记录',
    'Marks of repeated requests',
    subject => sql`x.caller_id = any(${ids(subject)})`,
  ),
  deleted(
    'password_tries',
    '密码尝试计数',
    'Counts of tried passwords',
    ({ emails }) =>
      sql`encode(x.email_hash, 'hex') = any(${textArray(emails.map(email => sha256(email).toString('hex')))})`,
  ),
  deleted(
    'invitations',
    '发给本人的邀请',
    'Invitations to the person',
    ({ emails }) => sql`x.email = any(${textArray(emails)})`,
  ),
  cleared(
    'scenario_sealed',
    '场景中的联系人',
    'Contact person in scenarios',
    isContact,
    sql`body = body - 'contact'`,
    'scenario_sealed:contact',
  ),
  cleared(
    'capability_sealed',
    '能力中的联系人',
    'Contact person in capabilities',
    isContact,
    sql`body = body - 'contact'`,
    'capability_sealed:contact',
  ),
  deleted('positions', '所属单位与角色', 'Positions and roles', hisOrHers),
  deleted('people', '姓名、邮箱、语言', 'Name, address and language', subject => sql`x.id = any(${ids(subject)})`),
]

const ownMatches = (subject: Subject) =>
  sql`x.match_id in (select m.id from matches m where m.factory_id = ${owner(subject)} or m.vendor_id = ${owner(subject)})`
const ownEndpoints = (subject: Subject) =>
  sql`x.endpoint_id in (select e.id from endpoints e where e.organisation_id = ${owner(subject)})`
const ownScenarios = (subject: Subject) =>
  sql`x.scenario_id in (select s.id from scenarios s where s.organisation_id = ${owner(subject)})`
const ownCapabilities = (subject: Subject) =>
  sql`x.capability_id in (select c.id from capabilities c where c.organisation_id = ${owner(subject)})`
const hasText = (subject: Subject, ...columns: string[]) =>
  sql`${ofOrganisation(subject)} and (${sql.join(
    columns.map(column => sql`x.${sql.identifier(column)} is not null`),
    sql` or `,
  )})`
const hasBody = (subject: Subject) => sql`${ofOrganisation(subject)} and x.body <> '{}'::jsonb`
const hasCard = (subject: Subject) => sql`${ofOrganisation(subject)} and (x.body <> '{}'::jsonb or x.title <> ${GONE})`
const emptied = sql`title = ${GONE}, body = '{}'::jsonb`

const DELIVERY_STEPS: Step[] = [
  deleted(
    'attempts',
    '推送尝试（含对方应答摘录）',
    'Attempts, with excerpts of answers',
    subject => sql`x.delivery_id in (select d.id from deliveries d where d.organisation_id = ${owner(subject)})`,
  ),
  deleted('deliveries', '推送内容', 'Bodies of deliveries', ofOrganisation),
  deleted('recoveries', '补发请求', 'Requests to send again', ownEndpoints),
  deleted('endpoint_secrets', '推送签名密钥', 'Signing secrets', ownEndpoints),
  deleted('endpoints', '推送地址、说明与请求头', 'Addresses, descriptions and headers of endpoints', ofOrganisation),
]

const TEXT_STEPS: Step[] = [
  deleted('report_files', '导出的报告文件', 'Reports made as files', ofOrganisation),
  deleted('import_rows', '导入暂存行', 'Staged rows of imports', ofOrganisation),
  cleared(
    'imports',
    '导入文件名与表头',
    'Names and headers of imported files',
    subject =>
      sql`${ofOrganisation(subject)} and (x.file_name <> '' or x.mapping is not null or x.problem is not null)`,
    sql`file_name = '', headers = '{}', mapping = null, problem = null`,
  ),
  deleted('import_mappings', '导入列对应', 'Mappings of columns', ofOrganisation),
  deleted('organisation_aliases', '单位别名', 'Other names of the organisation', ofOrganisation),
  deleted('match_scores', '匹配得分与证据', 'Scores and their proof', ownMatches),
  deleted('match_explanations', '匹配说明', 'Explanations', ownMatches),
  deleted(
    'near_misses',
    '差一点的匹配',
    'Near misses',
    subject => sql`(${ownScenarios(subject)} or ${ownCapabilities(subject)})`,
  ),
  deleted(
    'embeddings',
    '文本向量',
    'Vectors of texts',
    subject => sql`x.object_id in (select s.id from scenarios s where s.organisation_id = ${owner(subject)}
      union all select c.id from capabilities c where c.organisation_id = ${owner(subject)})`,
  ),
  cleared(
    'match_transitions',
    '流转附言',
    'Notes on moves',
    subject => sql`x.match_id in (select m.id from matches m where m.factory_id = ${owner(subject)} or m.vendor_id = ${owner(subject)})
      and x.actor_id = ${owner(subject)} and x.note is not null`,
    sql`note = null`,
  ),
  cleared(
    'matches',
    '婉拒附言',
    'Notes on declines',
    subject => sql`x.decline_note is not null and ((x.factory_id = ${owner(subject)} and x.declined_by = 'factory')
      or (x.vendor_id = ${owner(subject)} and x.declined_by = 'vendor'))`,
    sql`decline_note = null`,
  ),
  cleared(
    'match_outcomes',
    '成效的文字依据',
    'Words of evidence of outcomes',
    subject => sql`(x.factory_id = ${owner(subject)} or x.vendor_id = ${owner(subject)})
      and (x.evidence <> '' or x.evidence_url is not null or x.dispute_note is not null)`,
    sql`evidence = '', evidence_url = null, dispute_note = null`,
  ),
  cleared(
    'scenario_reviews',
    '审核意见',
    'Remarks of reviews',
    subject => hasText(subject, 'reason'),
    sql`reason = null`,
  ),
  cleared('scenario_shared', '场景的合作层内容', 'Shared tier of scenarios', hasBody, sql`body = '{}'::jsonb`),
  cleared('scenario_sealed', '场景的密封层内容', 'Sealed tier of scenarios', hasBody, sql`body = '{}'::jsonb`),
  cleared('scenarios', '场景标题与正文', 'Titles and texts of scenarios', hasCard, emptied),
  cleared('capability_shared', '能力的合作层内容', 'Shared tier of capabilities', hasBody, sql`body = '{}'::jsonb`),
  cleared('capability_sealed', '能力的密封层内容', 'Sealed tier of capabilities', hasBody, sql`body = '{}'::jsonb`),
  cleared('capabilities', '能力标题与正文', 'Titles and texts of capabilities', hasCard, emptied),
  cleared(
    'resources',
    '出借资源的说明',
    'Texts of what it lends',
    subject => sql`${ofOrganisation(subject)} and x.title <> ${GONE}`,
    sql`title = ${GONE}, title_en = null, summary = null, eligibility = null, source = null, dataset = null, quota = null`,
  ),
  cleared(
    'reservations',
    '预约用途',
    'Purposes of reservations',
    subject => sql`${ofOrganisation(subject)} and x.purpose <> ''`,
    sql`purpose = ''`,
  ),
  cleared(
    'challenge_answers',
    '答题文本与评语',
    'Answers to challenges and their reviews',
    subject => sql`${ofOrganisation(subject)} and (x.approach <> '' or x.review_note is not null)`,
    sql`approach = '', review_note = null`,
  ),
  cleared('consortium_votes', '表决附言', 'Notes on votes', subject => hasText(subject, 'note'), sql`note = null`),
  cleared('pool_quotes', '团购报价附言', 'Notes on quotes', subject => hasText(subject, 'note'), sql`note = null`),
  cleared(
    'consortia',
    '联合体名称',
    'Titles of its consortia',
    subject => sql`x.owner_id = ${owner(subject)} and x.title <> ${GONE}`,
    sql`title = ${GONE}`,
  ),
  deleted('exclusions', '不匹配名单', 'Do-not-match list', ofOrganisation),
]

const ACCOUNT_STEPS: Step[] = [
  deleted('sessions', '本单位的登录会话', 'Sessions for the organisation', ofOrganisation, 'sessions:organisation'),
  deleted(
    'sign_in_links',
    '本单位交付的登录链接',
    'Links that it handed over',
    ofOrganisation,
    'sign_in_links:organisation',
  ),
  deleted('notices', '发给本单位人员的通知', 'Notices to its people', ofOrganisation, 'notices:organisation'),
  deleted('positions', '人员与角色', 'Its people and their roles', ofOrganisation, 'positions:organisation'),
  deleted(
    'invitations',
    '本单位的邀请',
    'Its invitations',
    subject => sql`(${ofOrganisation(subject)} or x.made_by_id = ${owner(subject)})`,
    'invitations:organisation',
  ),
  deleted(
    'idempotency_keys',
    '请求去重记录',
    'Marks of repeated requests',
    ofOrganisation,
    'idempotency_keys:organisation',
  ),
  deleted('api_keys', 'API 密钥', 'API keys', ofOrganisation),
  deleted('audit_keys', '审计摘要密钥（销毁后摘要不可还原）', 'The key of the audit digests', ofOrganisation),
  cleared(
    'organisations',
    '单位名称、城市、统一社会信用代码',
    'Name, city and credit code',
    subject => sql`x.id = ${owner(subject)} and (x.name <> ${GONE} || ' ' || x.id or x.name_en is not null
      or x.city is not null or x.credit_code is not null)`,
    sql`name = ${GONE} || ' ' || id, name_en = null, city = null, credit_code = null`,
  ),
]

/** Everything that is done for a person, and for an organisation, in this order: first nobody can sign in any more. */
export const planFor = (kind: 'person' | 'organisation'): Step[] =>
  kind === 'person' ? PERSON_STEPS : [...PERSON_STEPS, ...DELIVERY_STEPS, ...TEXT_STEPS, ...ACCOUNT_STEPS]
