import { Eta } from 'eta'
import type { Chart } from './charts.ts'
import type { Document } from './document.ts'

const TEMPLATE = `<!doctype html>
<html lang="<%= it.lang %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title><%= it.title %></title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, "Noto Sans SC", "Microsoft YaHei", sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin-bottom: 1.5rem }
th, td { border-bottom: 1px solid #8886; padding: .25rem .5rem; text-align: left; vertical-align: top }
.n { text-align: right; font-variant-numeric: tabular-nums }
figure { margin: 1rem 0; background: #fff } figure svg { max-width: 100%; height: auto }
@media print { body { max-width: none; margin: 0 } h2 { break-after: avoid } tr { break-inside: avoid } }
</style>
</head>
<body>
<h1><%= it.title %></h1>
<% for (const line of it.lines) { %><p><%= line %></p>
<% } %><% for (const chart of it.charts) { %><figure role="img" aria-label="<%= chart.title %>"><%~ chart.svg %></figure>
<% } %><% for (const table of it.tables) { %><h2><%= table.title %></h2>
<div class="wide"><table>
<thead><tr><% for (const column of table.columns) { %><th scope="col" class="<%= column.kind === 'number' ? 'n' : 't' %>"><%= column.label %></th><% } %></tr></thead>
<tbody>
<% for (const row of table.rows) { %><tr><% row.forEach((cell, i) => { %><td class="<%= table.columns[i].kind === 'number' ? 'n' : 't' %>"><%= cell ?? '–' %></td><% }) %></tr>
<% } %></tbody></table></div>
<% } %></body>
</html>
`
const eta = new Eta({ autoEscape: true, autoTrim: false })

/** One page that needs nothing else: no script, no font and no picture from elsewhere. */
export const toHtml = (document: Document, charts: Chart[]): string =>
  eta.renderString(TEMPLATE, { ...document, charts, lang: document.language === 'zh' ? 'zh-CN' : 'en' })
