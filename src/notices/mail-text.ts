import type { Bilingual, Language } from '../engine/types.ts'
import { STATE_NAMES, type MatchState } from '../matching/rules.ts'
import type { NoticeType } from './rules.ts'

type Data = Record<string, unknown>
const textOf = (data: Data, name: string): string => (typeof data[name] === 'string' ? data[name] : '')
const dayOf = (data: Data): string => textOf(data, 'deadlineAt').slice(0, 10)
const stateOf = (data: Data, name: string): Bilingual =>
  STATE_NAMES[textOf(data, name) as MatchState] ?? { zh: textOf(data, name), en: textOf(data, name) }

const WORDS: Record<NoticeType, (data: Data) => Bilingual> = {
  'match.created': data => ({
    zh: `新的推荐：${textOf(data, 'scenarioTitle')} × ${textOf(data, 'capabilityTitle')}`,
    en: `New in the shortlist: ${textOf(data, 'scenarioTitle')} × ${textOf(data, 'capabilityTitle')}`,
  }),
  'match.state_changed': data => ({
    zh: `对接状态：${stateOf(data, 'from').zh} → ${stateOf(data, 'to').zh}${dayOf(data) && `，请在 ${dayOf(data)} 前处理`}`,
    en: `A match moved: ${stateOf(data, 'from').en} → ${stateOf(data, 'to').en}${dayOf(data) && `, to be answered by ${dayOf(data)}`}`,
  }),
  'match.held': data => ({ zh: `对接暂缓至 ${dayOf(data)}`, en: `A match was put off until ${dayOf(data)}` }),
  'match.reminder': data => ({
    zh: `截止日期临近：请在 ${dayOf(data)} 前处理（${stateOf(data, 'state').zh}）`,
    en: `A deadline comes near: please answer by ${dayOf(data)} (${stateOf(data, 'state').en})`,
  }),
  'match.retracted': () => ({ zh: '一项推荐已撤下', en: 'A pair fell out of the list' }),
  'outcome.reported': () => ({
    zh: '对方上报了成效，请确认',
    en: 'The other party reported an outcome: please confirm it',
  }),
  'outcome.confirmed': () => ({ zh: '成效已确认', en: 'An outcome was confirmed' }),
  'outcome.disputed': () => ({ zh: '成效有异议', en: 'An outcome is disputed' }),
  'scenario.unserved': data => ({
    zh: `暂无合适供方：${textOf(data, 'scenarioTitle')}`,
    en: `Nobody serves it yet: ${textOf(data, 'scenarioTitle')}`,
  }),
  'consortium.invited': data => ({
    zh: `受邀加入联合体：${textOf(data, 'title')}，请在 ${dayOf(data)} 前答复`,
    en: `You are invited to a consortium: ${textOf(data, 'title')}, to be answered by ${dayOf(data)}`,
  }),
  'consortium.charter_proposed': data => ({
    zh: `联合体章程待表决：${textOf(data, 'title')}`,
    en: `A charter awaits your vote: ${textOf(data, 'title')}`,
  }),
  'consortium.formed': data => ({
    zh: `联合体成立：${textOf(data, 'title')}`,
    en: `A consortium was formed: ${textOf(data, 'title')}`,
  }),
  'consortium.pool_proposed': data => ({
    zh: `您的场景可与同类需求合并，请在 ${dayOf(data)} 前答复`,
    en: `Your scenario could be served together with others: please answer by ${dayOf(data)}`,
  }),
  'consortium.pool_opened': () => ({
    zh: '需求池加入企业已够，可查看成员',
    en: 'Enough have joined your pool: see who is in it',
  }),
  'consortium.pool_formed': () => ({ zh: '需求池已转为联合体', en: 'Your pool became a consortium' }),
  'round.opened': data => ({
    zh: `对接会已开启：${textOf(data, 'title')}，${dayOf(data)} 前可调整意愿`,
    en: `A round was opened: ${textOf(data, 'title')}; change your list until ${dayOf(data)}`,
  }),
  'round.paired': () => ({ zh: '对接会为您促成一对', en: 'A round brought you a pair' }),
}

/** What happened, in one line of the reader's language. */
export const sayNotice = (type: NoticeType, data: Data, language: Language): string => WORDS[type](data)[language]

export type Mail = { subject: string; text: string }

/** A mail about several things: one line each, where to act, and how to be written to no more. */
export const composeMail = (
  lines: readonly string[],
  options: {
    kind: 'answers' | 'digest'
    language: Language
    name: string
    url: string | undefined
    unsubscribeUrl: string | undefined
  },
): Mail => {
  const { kind, language, name, url, unsubscribeUrl } = options
  const count = lines.length
  const subject =
    kind === 'answers'
      ? { zh: `对接：${count} 项待您查看`, en: `Duijie: ${count} ${count === 1 ? 'thing' : 'things'} to look at` }
      : { zh: `对接每日摘要：${count} 条`, en: `Duijie, your day: ${count} ${count === 1 ? 'notice' : 'notices'}` }
  const words = {
    zh: { hello: `${name}，您好：`, act: '处理：', stop: '不再接收此类邮件：' },
    en: { hello: `Hello ${name},`, act: 'To act:', stop: 'To get no such mail any more:' },
  }[language]
  const text = [
    words.hello,
    '',
    ...lines.map(line => `- ${line}`),
    '',
    ...(url === undefined ? [] : [`${words.act} ${url}`]),
    ...(unsubscribeUrl === undefined ? [] : [`${words.stop} ${unsubscribeUrl}`]),
  ]
  return { subject: subject[language], text: `${text.join('\n').trimEnd()}\n` }
}

/** The mail that brings a sign-in link. Whoever did not ask for it is told that nothing happens without a click. */
export const composeSignInMail = (link: { name: string; language: Language; url: string; expiresAt: Date }): Mail => {
  const { name, url, expiresAt } = link
  const until = `${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const said = {
    zh: {
      subject: '对接：您的登录链接',
      lines: [
        `${name}，您好：`,
        `请在 ${until} 前打开以下链接登录，仅可使用一次：`,
        url,
        '如非您本人请求，请忽略此邮件。',
      ],
    },
    en: {
      subject: 'Duijie: your sign-in link',
      lines: [
        `Hello ${name},`,
        `Open this link before ${until} to sign in; it works once:`,
        url,
        'If you did not ask for it, ignore this mail: nothing happens.',
      ],
    },
  }[link.language]
  return { subject: said.subject, text: `${said.lines.join('\n\n')}\n` }
}

/** The mail that brings an invitation to a seat: who invites, to what, until when. */
export const composeInvitationMail = (invitation: {
  name?: string | undefined
  language: Language
  organisationName: string
  invitedBy: string
  url: string
  expiresAt: Date
}): Mail => {
  const { name, language, organisationName, invitedBy, url, expiresAt } = invitation
  const until = expiresAt.toISOString().slice(0, 10)
  const said = {
    zh: {
      subject: `对接：${invitedBy}邀请您加入${organisationName}`,
      lines: [
        name === undefined ? '您好：' : `${name}，您好：`,
        `${invitedBy}邀请您以${organisationName}的身份使用对接平台。请在 ${until} 前打开以下链接接受邀请：`,
        url,
        '如与您无关，请忽略此邮件。',
      ],
    },
    en: {
      subject: `Duijie: ${invitedBy} invites you to ${organisationName}`,
      lines: [
        name === undefined ? 'Hello,' : `Hello ${name},`,
        `${invitedBy} invites you to act for ${organisationName} on Duijie. Open this link before ${until} to accept:`,
        url,
        'If it does not concern you, ignore this mail: nothing happens.',
      ],
    },
  }[language]
  return { subject: said.subject, text: `${said.lines.join('\n\n')}\n` }
}
