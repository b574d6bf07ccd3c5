import type { Bilingual } from '../../engine/types.ts'
import type { SignInMethod } from '../../identity/tables.ts'

type Named<Code extends string> = Record<Code, Bilingual>

const signInMethod: Named<SignInMethod> = {
  password: { zh: '密码', en: 'password' },
  link: { zh: '登录链接', en: 'link' },
  invitation: { zh: '邀请', en: 'invitation' },
  oidc: { zh: '统一登录', en: 'single sign-on' },
}

const tongue: Named<'zh' | 'en'> = { zh: { zh: '中文', en: '中文' }, en: { zh: 'English', en: 'English' } }

/** What the fields of forms are called where the API's pointer names them. */
const input: Named<string> = {
  parkId: { zh: '园区', en: 'Park' },
  parkSlug: { zh: '园区', en: 'Park' },
  name: { zh: '名称', en: 'Name' },
  nameEn: { zh: '英文名称', en: 'English name' },
  city: { zh: '城市', en: 'City' },
  creditCode: { zh: '统一社会信用代码', en: 'Credit code' },
  email: { zh: '邮箱', en: 'E-mail' },
  password: { zh: '密码', en: 'Password' },
  role: { zh: '角色', en: 'Role' },
  scopes: { zh: '权限范围', en: 'Scopes' },
  expiresAt: { zh: '失效日', en: 'End' },
  overlapHours: { zh: '重叠小时数', en: 'Hours of overlap' },
}

export const COMPANY_NAMES = { signInMethod, tongue, input }
