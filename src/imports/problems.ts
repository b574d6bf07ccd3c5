import type { Bilingual } from '../engine/types.ts'
import { ProblemError, problems } from '../platform/errors.ts'
import { LIMITS } from './limits.ts'

/** A file that cannot be read to its end, said in both languages: the upload keeps it as its problem. */
export class UnreadableFile extends Error {
  readonly told: Bilingual

  constructor(zh: string, en: string) {
    super(en)
    this.told = { zh, en }
  }
}

export const tooManyRows = (rowsMax: number) =>
  new UnreadableFile(
    `行数超过 ${rowsMax} 行${rowsMax === LIMITS.xlsxRowsMax ? '：请另存为 CSV 后再上传' : '：请拆分文件'}`,
    `It has more than ${rowsMax} rows${rowsMax === LIMITS.xlsxRowsMax ? ': save it as CSV and send that' : ': send it in parts'}`,
  )

export const tooLargeUnpacked = () =>
  new UnreadableFile(
    '表格解压后超过 100 MB：请另存为 CSV 后再上传',
    'The workbook is larger than 100 MB unpacked: save it as CSV and send that',
  )

export const unreadable = (told: Bilingual) => new ProblemError(problems.invalid, { detail: told })
