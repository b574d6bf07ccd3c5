import type { Bilingual } from '../engine/types.ts'

/**
 * Why something is kept although its subject was erased. The reading is ours and no legal advice: a deployment that is
 * told otherwise by its counsel changes this list.
 */
export const LAWS = {
  erasure: {
    zh: '《个人信息保护法》第四十七条：法定保存期限未届满的，停止除存储和采取必要安全措施之外的处理',
    en: 'Personal Information Protection Law, art. 47: while a law demands keeping, it is stored and protected only',
  },
  logs: {
    zh: '《网络安全法》：网络日志留存不少于六个月；记录只含编号，摘要密钥已销毁',
    en: 'Cybersecurity Law: logs are kept for at least six months; entries hold ids only, and the key of their digests is destroyed',
  },
  transactions: {
    zh: '《电子商务法》第三十一条：交易信息自交易完成之日起保存不少于三年',
    en: 'E-Commerce Law, art. 31: information on transactions is kept for at least three years',
  },
  claims: {
    zh: '《民法典》第一百八十八条：诉讼时效三年；保密约定与章程是证据',
    en: 'Civil Code, art. 188: claims lapse after three years; accepted terms and charters are evidence',
  },
  accounts: {
    zh: '《会计档案管理办法》（财政部、国家档案局令第79号）：会计凭证保存三十年',
    en: 'Measures for Accounting Archives (Order 79 of the Ministry of Finance and the State Archives): vouchers, thirty years',
  },
} as const satisfies Record<string, Bilingual>
export type Law = keyof typeof LAWS
