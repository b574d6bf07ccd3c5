import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// The package names its entry only, which lies beside the folder of the fonts.
const FOLDER = join(dirname(createRequire(import.meta.url).resolve('@embedpdf/fonts-sc')), '..', 'fonts')

/** A typeface with the characters of Chinese and Latin, shipped with the product: no machine needs one of its own. */
export const FONT_FILE = join(FOLDER, 'NotoSansHans-Regular.otf')
export const BOLD_FONT_FILE = join(FOLDER, 'NotoSansHans-Bold.otf')
export const FONT_FAMILY = 'Noto Sans Hans'
