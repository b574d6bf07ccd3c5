import { Eta } from 'eta'
import type { Bilingual, Language } from '../engine/types.ts'
import { canonicalJson } from '../audit/record.ts'
import { sha256 } from '../platform/secrets.ts'

/** What was done, in ids and counts: whoever holds it can show it, and recompute its hash. */
export type Certificate = {
  id: string
  subject: { kind: 'person' | 'organisation'; id: string; people: number }
  requestedAt: string
  requestedBy: 'subject' | 'park'
  completedAt: string
  removed: { table: string; what: Bilingual; how: 'deleted' | 'cleared'; rows: number }[]
  auditKeyDestroyed: boolean
  kept: { table: string; what: Bilingual; rows: number; why: Bilingual }[]
  notes: Bilingual[]
  /** SHA-256, in hexadecimal, of the rest as JSON with sorted keys and without spaces. */
  hash: string
}

/** What no search finds, said rather than left out. */
export const NOTES: Record<'person' | 'organisation', Bilingual[]> = {
  person: [
    {
      zh: '单位自行写入正文的姓名不在检索之列，随单位内容一并删除；备份在其保留期后失效。',
      en: 'Names that an organisation wrote into its own texts are not searched for and go with those texts; backups lapse with their own period.',
    },
  ],
  organisation: [
    {
      zh: '已送达其他单位系统的推送、邮件和导出文件不在平台控制之内；备份在其保留期后失效。',
      en: 'Webhooks, mail and exports that were delivered to others are outside of the platform; backups lapse with their own period.',
    },
  ],
}

/** Adds the hash. */
export const seal = (content: Omit<Certificate, 'hash'>): Certificate => ({
  ...content,
  hash: sha256(canonicalJson(content)).toString('hex'),
})

const TEXTS = {
  title: { zh: '个人信息删除证明', en: 'Certificate of erasure' },
  subject: { zh: '对象', en: 'Subject' },
  person: { zh: '个人', en: 'person' },
  organisation: { zh: '单位', en: 'organisation' },
  people: { zh: '一并删除的人员', en: 'people erased with it' },
  requested: { zh: '申请时间', en: 'Requested' },
  bySubject: { zh: '本人（本单位）申请', en: 'by the subject' },
  byPark: { zh: '园区申请', en: 'by the park' },
  completed: { zh: '完成时间', en: 'Completed' },
  removed: { zh: '已删除或清空', en: 'Removed' },
  kept: { zh: '依法保留', en: 'Kept, and why' },
  table: { zh: '数据表', en: 'Table' },
  what: { zh: '内容', en: 'What' },
  how: { zh: '方式', en: 'How' },
  rows: { zh: '行数', en: 'Rows' },
  why: { zh: '依据', en: 'Ground' },
  deleted: { zh: '删除', en: 'deleted' },
  cleared: { zh: '清空', en: 'cleared' },
  key: {
    zh: '审计摘要密钥已销毁，审计链仍可验证',
    en: 'The key of the audit digests is destroyed; the chain stays verifiable',
  },
  hash: { zh: '哈希（SHA-256）', en: 'Hash (SHA-256)' },
} satisfies Record<string, Bilingual>

const TEMPLATE = `<!doctype html>
<html lang="<%= it.lang %>"><head><meta charset="utf-8"><title><%= it.t('title') %> <%= it.c.id %></title>
<style>body{font:15px/1.6 system-ui,"Noto Sans SC","Microsoft YaHei",sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #8886;padding:.25rem .5rem;text-align:left;vertical-align:top}code{overflow-wrap:anywhere}</style></head>
<body><h1><%= it.t('title') %></h1>
<p><%= it.t('subject') %>: <%= it.t(it.c.subject.kind) %> <code><%= it.c.subject.id %></code><% if (it.c.subject.people) { %>
 (<%= it.t('people') %>: <%= it.c.subject.people %>)<% } %></p>
<p><%= it.t('requested') %>: <%= it.c.requestedAt %>, <%= it.t(it.c.requestedBy === 'park' ? 'byPark' : 'bySubject') %></p>
<p><%= it.t('completed') %>: <%= it.c.completedAt %></p>
<h2><%= it.t('removed') %></h2>
<table><thead><tr><th><%= it.t('table') %></th><th><%= it.t('what') %></th><th><%= it.t('how') %></th><th><%= it.t('rows') %></th></tr></thead><tbody>
<% for (const row of it.c.removed) { %><tr><td><code><%= row.table %></code></td><td><%= row.what[it.lang] %></td><td><%= it.t(row.how) %></td><td><%= row.rows %></td></tr>
<% } %></tbody></table><% if (it.c.auditKeyDestroyed) { %><p><%= it.t('key') %></p><% } %>
<h2><%= it.t('kept') %></h2>
<table><thead><tr><th><%= it.t('table') %></th><th><%= it.t('what') %></th><th><%= it.t('rows') %></th><th><%= it.t('why') %></th></tr></thead><tbody>
<% for (const row of it.c.kept) { %><tr><td><code><%= row.table %></code></td><td><%= row.what[it.lang] %></td><td><%= row.rows %></td><td><%= row.why[it.lang] %></td></tr>
<% } %></tbody></table>
<% for (const note of it.c.notes) { %><p><%= note[it.lang] %></p><% } %>
<p><%= it.t('hash') %>: <code><%= it.c.hash %></code></p></body></html>
`
const eta = new Eta({ autoEscape: true, autoTrim: false })

/** The certificate as a page that needs nothing else, to be printed or kept. */
export const toPage = (certificate: Certificate, lang: Language): string =>
  eta.renderString(TEMPLATE, { c: certificate, lang, t: (name: keyof typeof TEXTS) => TEXTS[name][lang] })
