import { define } from '../platform/errors.ts'

/** What this room answers beside the problems that every room has. */
export const identityProblems = {
  wrongCredentials: define(401, 'wrong_credentials', '邮箱或密码不正确', 'The e-mail address or the password is wrong'),
  linkUsedUp: define(
    401,
    'link_used_up',
    '链接无效、已使用或已过期，请重新获取',
    'The link is wrong, was used or has expired: ask for another',
  ),
  noOrganisation: define(
    403,
    'no_organisation',
    '您的账号当前不属于任何单位',
    'Your account belongs to no organisation at present',
  ),
  forgedRequest: define(
    403,
    'forged_request',
    '请求未带有效的 X-CSRF-Token，或来自其他网站',
    'The request has no valid X-CSRF-Token, or comes from another site',
  ),
  lockedOut: define(
    429,
    'locked_out',
    '密码错误次数过多，请稍后再试或使用登录链接',
    'Too many wrong passwords: try later, or use a sign-in link',
  ),
  needsSession: define(
    403,
    'needs_session',
    '此操作需要个人登录，不能使用密钥',
    'Only a person who is signed in may do this, not a key',
  ),
  boundSession: define(
    403,
    'bound_session',
    '由单位转交的登录链接只能代表该单位；请用密码或本人邮箱收到的链接登录',
    'A link that an organisation handed over is good for it alone: sign in with your password or a link mailed to you',
  ),
  proveYourself: define(
    403,
    'prove_yourself',
    '该邮箱已有账号：请先登录，或附上该账号的密码',
    'The address has an account: sign in as it first, or send its password',
  ),
  alreadyRegistered: define(
    409,
    'already_registered',
    '该企业名称或统一社会信用代码已登记：请联系贵单位的所有者或园区',
    'A company of this name or credit code is registered: ask its owner or the park',
  ),
  providerRefused: define(
    401,
    'provider_refused',
    '统一登录未成功，请重新开始',
    'The sign-in at the provider did not succeed: start again',
  ),
  providerAway: define(503, 'provider_away', '统一登录服务暂时无法访问', 'The sign-in provider cannot be reached now'),
  notInvited: define(
    403,
    'not_invited',
    '该账号的已验证邮箱尚未受邀：请联系贵单位或园区',
    'The verified address of this account was not invited: ask your organisation or the park',
  ),
  lastOwner: define(409, 'last_owner', '单位至少要保留一名所有者', 'An organisation keeps at least one owner'),
} as const
