import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createMetrics } from '../../src/platform/telemetry.ts'
import { skipUnless } from '../helper.ts'

const DOCS = join(import.meta.dirname, '..', '..', 'docs')
const read = (name: string) => readFileSync(join(DOCS, name), 'utf8')
const FILES = ['monitoring/alerts.yml', 'monitoring/dashboard.json', 'operations.md']

t.test('every metric that alerts, dashboard and operations name is exported', async t => {
  const { registry } = createMetrics()
  const exported = new Set(registry.getMetricsAsArray().map(metric => metric.name))
  for (const file of FILES)
    for (const name of new Set(read(file).match(/duijie_[a-z0-9_]+/g))) {
      // Roles of the database are called alike.
      if (/^duijie_(app|owner|worker)$/.test(name)) continue
      t.ok(exported.has(name) || exported.has(name.replace(/_(bucket|sum|count)$/, '')), `${file}: ${name}`)
    }
})

t.test('every alert leads to a section of the operations', async t => {
  const anchors = new Set(
    [...read('operations.md').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^a-z ]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
  const runbooks = [...read('monitoring/alerts.yml').matchAll(/runbook: docs\/operations\.md#(\S+)/g)]
  t.ok(runbooks.length > 5)
  for (const [, anchor = ''] of runbooks) t.ok(anchors.has(anchor), anchor)
})

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined
t.test('Prometheus takes the alert rules', { skip: skipUnless(hasPromtool, 'promtool') }, async t => {
  const checked = spawnSync('promtool', ['check', 'rules', join(DOCS, 'monitoring/alerts.yml')], { encoding: 'utf8' })
  t.equal(checked.status, 0, checked.stderr)
})
