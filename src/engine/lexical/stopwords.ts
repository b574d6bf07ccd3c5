const split = (words: string) => new Set(words.split(' '))

/** English words that carry grammar and no matter. */
export const STOP_WORDS_EN = split(
  'a an the of to and or in on at for by with from as is are was were be been being it its this that these those we our ' +
    'they their them he his she her you your i not no but if then than so such can could may might will would shall ' +
    'should do does did have has had having into over under between about also all any each other more most some only ' +
    'very there here which who whom whose what when where why how while during through per via within without up out ' +
    'off both either neither nor just own same too many much few lot',
)

/** Chinese words of two or more characters that nearly every demand and every offer holds. */
export const STOP_WORDS_ZH = split(
  '通过 进行 以及 实现 提供 基于 一个 可以 需要 能够 使用 利用 采用 具有 存在 目前 我们 公司 相关',
)

/** Words that may help to rank and yet prove nothing to a reader who is told that both texts say them. */
export const FILLER_WORDS = split(
  '左右 上下 大约 大概 以上 以下 以内 之间 分钟 小时 秒钟 毫秒 每天 每年 每月 每次 没有 还是 或者 因为 所以 如果 但是 而且 ' +
    '然后 现在 已经 主要 目标 要求 希望 问题 情况 方面 部分 其中 这个 那个 什么 怎么 如何 时间 时候 数据 方案 系统 平台 项目 ' +
    '工厂 企业 产品 客户 服务 技术 功能 能力 支持 提高 提升 降低 减少 万元 预算 人工 智能 人工智能 ' +
    'about around approximately roughly minute minutes hour hours second seconds day days week weeks month months year ' +
    'years data system systems platform project solution factory company customer service use used using need needs ' +
    'want currently now today every per cent percent budget ai',
)
