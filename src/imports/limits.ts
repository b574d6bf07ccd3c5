/** Bounds of one file. They stand in the API's description too, so that nobody finds out by failing. */
export const LIMITS = {
  rowsMax: 500_000,
  xlsxRowsMax: 50_000,
  xlsxUnpackedBytesMax: 100 * 2 ** 20,
  xlsxBytesMax: 50 * 2 ** 20,
  bytesMax: 2 ** 30,
  columnsMax: 200,
  cellCharactersMax: 20_000,
  recordBytesMax: 2 ** 20,
  stageRowsMax: 5_000,
  importRowsMax: 1_000,
} as const
