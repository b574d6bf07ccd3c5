/** What the pages of joining and of one's own account say. */
export const JOINING_TEXTS = {
  joinTitle: { zh: '加入单位', en: 'Join an organisation' },
  joinIntro: {
    zh: '您收到了邀请链接。查看邀请不会使链接失效。',
    en: 'You came by an invitation. Looking at it does not use it up.',
  },
  joinLook: { zh: '查看邀请', en: 'Look at the invitation' },
  joinInvites: { zh: '邀请您加入', en: 'invites you to join' },
  joinAs: { zh: '角色', en: 'As' },
  joinUntil: { zh: '链接有效至', en: 'The link is good until' },
  joinAccept: { zh: '接受并进入', en: 'Accept and go in' },
  joinPassword: {
    zh: '已有账号的密码（仅当该邮箱已注册且未登录时填写）',
    en: 'Password of your account (only if this address has one and you are not signed in)',
  },
  joinLost: {
    zh: '链接无效或已过期？请联系邀请方重发，或改用登录链接：',
    en: 'Wrong or out of date? Ask for another invitation, or for a sign-in link:',
  },
  joinNoCompany: { zh: '贵单位尚未登记？', en: 'Your company is not registered yet?' },

  registerTitle: { zh: '企业登记', en: 'Register your company' },
  registerIntro: {
    zh: '填写后由园区审核。审核期间联系人即可进入，先写场景草稿。',
    en: 'The park decides on it. Meanwhile the contact person may come in and draft.',
  },
  registerSend: { zh: '提交登记', en: 'Register' },
  registerKind: { zh: '单位类型', en: 'Kind' },
  registerContact: { zh: '联系人', en: 'Contact person' },
  creditCodeHint: {
    zh: '18 位，末位为校验码；系统会当场核对。',
    en: '18 characters; the last is a check character, which we verify.',
  },
  registeredTitle: { zh: '已登记，等待园区审核', en: 'Registered: the park decides' },
  registeredWait: {
    zh: '审核结果会通知联系人。审核期间可以进入平台，先写草稿，通过后再发布。',
    en: 'The contact person is told of the decision. Until then you may come in and draft; publish once admitted.',
  },
  registeredEnter: { zh: '联系人从这里进入（链接仅显示这一次）', en: 'The contact person enters here (shown once)' },
  enter: { zh: '现在进入', en: 'Go in now' },
  waitingBanner: {
    zh: '入园申请待园区批准。您可以先写草稿，批准后即可发布：',
    en: 'The park has not decided on your membership yet. Draft now, publish once admitted:',
  },

  account: { zh: '我的账号', en: 'My account' },
  welcome: { zh: '欢迎加入', en: 'Welcome to' },
  welcomeNext: {
    zh: '请设置密码；不设密码也可以，以后每次用寄到邮箱的一次性链接登录。',
    en: 'Choose a password, or leave it: next time ask for a one-time link by mail.',
  },
  personal: { zh: '个人信息', en: 'About you' },
  yourName: { zh: '姓名', en: 'Your name' },
  mailLanguage: { zh: '邮件语言', en: 'Language of mail' },
  saveIt: { zh: '保存', en: 'Save' },
  saved: { zh: '已保存。', en: 'Saved.' },
  passwordSection: { zh: '密码', en: 'Password' },
  currentPassword: {
    zh: '现密码（首次设置或经邮箱链接登录时留空）',
    en: 'Present password (empty if you have none, or came by a mailed link)',
  },
  newPassword: { zh: '新密码', en: 'New password' },
  passwordHint: {
    zh: '至少 12 个字符，一句话最好记。设置后其他登录会退出。',
    en: '12 characters or more; a sentence is easy to keep. Your other sessions end.',
  },
  passwordSet: { zh: '密码已设置，其他登录已退出。', en: 'The password is set; your other sessions have ended.' },
  setPassword: { zh: '设置密码', en: 'Set the password' },
  mailSection: { zh: '邮件', en: 'Mail' },
  mailAnswers: { zh: '需要答复的事项，立即邮件通知', en: 'What needs an answer, at once' },
  mailDigest: { zh: '每天早上一封摘要', en: 'One digest a day, in the morning' },
  sessionsSection: { zh: '登录状态', en: 'Where you are signed in' },
  browser: { zh: '浏览器', en: 'Browser' },
  lastSeen: { zh: '最近使用', en: 'Last seen' },
  thisOne: { zh: '当前', en: 'this one' },
  endSession: { zh: '退出该登录', en: 'End it' },
} as const
