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
