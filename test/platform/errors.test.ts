import t from 'tap'
import { languageOf, problems } from '../../src/platform/errors.ts'

t.test('the language is Chinese unless the caller prefers English', async t => {
  const table: [string | undefined, 'zh' | 'en'][] = [
    [undefined, 'zh'],
    ['', 'zh'],
    ['*', 'zh'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['EN-us', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en;q=0.3, zh;q=0.8', 'zh'],
    ['zh;q=0.3,en;q=0.8', 'en'],
    ['de,en;q=0.5', 'en'],
    ['en;q=0', 'zh'],
    ['en;q=0.5,zh;q=0.5', 'zh'],
    ['en;q=nonsense,zh;q=0.9', 'en'],
    ['zh-Hant;q=0.2,en;q=0.1', 'zh'],
  ]
  for (const [header, language] of table) t.equal(languageOf(header), language, String(header))
})

t.test('every problem has a name of its own and a title in both languages', async t => {
  const all = Object.values(problems)
  t.equal(new Set(all.map(problem => problem.type)).size, all.length)
  for (const { type, status, title } of all) {
    t.match(type, /^[a-z]+(_[a-z]+)*$/)
    t.ok(status >= 400 && status < 600, type)
    t.match(title.zh, /\p{Script=Han}/u, type)
    t.notMatch(title.en, /\p{Script=Han}/u, type)
  }
})
