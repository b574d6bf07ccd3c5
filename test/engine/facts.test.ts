import fc from 'fast-check'
import t from 'tap'
import { extractFacts } from '../../src/engine/facts/extract.ts'
import { parseHan } from '../../src/engine/facts/numbers.ts'

/** `kind comparator value[..max] unit` of every fact, in the order of the text. */
const read = (text: string) =>
  extractFacts(text).map(({ kind, comparator, value, valueMax, unit }) => {
    const range = valueMax === undefined ? '' : `..${valueMax}`
    return `${kind} ${comparator} ${value}${range} ${unit}`
  })

const TABLE: Record<string, [text: string, ...facts: string[]][]> = {
  money: [
    ['预算80万左右', 'money ~ 800000 CNY'],
    ['预算50-100万元', 'money range 500000..1000000 CNY'],
    ['预算50万元到80万元', 'money range 500000..800000 CNY'],
    ['总投资1.2亿元', 'money = 120000000 CNY'],
    ['不超过三十万元', 'money <= 300000 CNY'],
    ['budget RMB 800k', 'money = 800000 CNY'],
    ['from $50k to be agreed', 'money = 50000 USD'],
    ['about €1.5 million', 'money ~ 1500000 EUR'],
    ['at most 300,000 yuan', 'money <= 300000 CNY'],
    ['年费3.5万元', 'money = 35000 CNY'],
    ['预算１００万元', 'money = 1000000 CNY'],
    ['預算80萬元以內', 'money <= 800000 CNY'],
    ['两千万人民币', 'money = 20000000 CNY'],
    ['一年电费四百多万', 'money >= 4000000 CNY'],
    ['维修费几十万', 'money >= 100000 CNY'],
    ['罚款十来万', 'money >= 100000 CNY'],
  ],
  takt: [
    ['节拍3秒/件', 'takt = 3 s/piece'],
    ['takt 3 s/piece', 'takt = 3 s/piece'],
    ['1200件/小时', 'takt = 3 s/piece'],
    ['每小时1200件', 'takt = 3 s/piece'],
    ['产能 60 pcs/min', 'takt = 1 s/piece'],
    ['cycle time of 45 seconds', 'takt = 45 s/piece'],
    ['单件检测时间不超过2秒', 'takt <= 2 s/piece'],
    ['1,200 parts per hour', 'takt = 3 s/piece'],
    ['线速度120米/分钟', 'speed = 120 m/min'],
    ['一台测90秒', 'takt = 90 s/piece'],
    ['one every 40 seconds', 'takt = 40 s/piece'],
  ],
  percent: [
    ['漏检率2%', 'percent = 2 %'],
    ['从3%降到0.5%', 'percent = 3 %', 'percent = 0.5 %'],
    ['准确率≥99.5 %', 'percent >= 99.5 %'],
    ['合格率不低于百分之九十八', 'percent >= 98 %'],
    ['千分之三', 'percent = 0.3 %'],
    ['5‰', 'percent = 0.5 %'],
    ['2-3%', 'percent range 2..3 %'],
    ['less than 5 percent', 'percent <= 5 %'],
    ['客诉 300 ppm', 'ppm = 300 ppm'],
    ['CPK只有1.1，想到1.33', 'index = 1.1 1', 'index = 1.33 1'],
    ['Cpk to 1.67', 'index = 1.67 1'],
    ['CPU 1.1'],
    ['重复的占七成', 'percent = 70 %'],
    ['命中率七成八', 'percent = 78 %'],
    ['成本占三成以上', 'percent >= 30 %'],
    ['成品三种', 'count = 3 kinds'],
  ],
  volume: [
    ['有2万张未标注图片', 'volume = 20000 samples'],
    ['约10万条记录', 'volume ~ 100000 rows'],
    ['数据量 500 GB', 'volume = 500 gigabytes'],
    ['1.5 TB的数据', 'volume = 1500 gigabytes'],
    ['存了两TB', 'volume = 2000 gigabytes'],
    ['1万8千条记录', 'volume = 18000 rows'],
    ['六千多张照片', 'volume >= 6000 samples'],
    ['图纸上万份', 'volume >= 10000 documents'],
    ['几百张照片', 'volume >= 100 samples'],
    ['20,000 images', 'volume = 20000 samples'],
    ['12,000 labelled 2048² images', 'volume = 12000 samples'],
    ['500小时监控视频', 'volume = 500 hours'],
    ['40 hours of video', 'volume = 40 hours'],
    ['3000份手册', 'volume = 3000 documents'],
    ['800张图纸', 'volume = 800 documents'],
    ['两万多张照片', 'volume >= 20000 samples'],
    ['at least 500 defect images', 'volume >= 500 samples'],
    ['80k records', 'volume = 80000 rows'],
  ],
  sampling: [
    ['采样频率1 kHz', 'sampling = 1000 Hz'],
    ['每秒一次', 'sampling = 1 Hz'],
    ['每5分钟采集一次', 'sampling = 0.00333333333333 Hz'],
    ['10次/分钟', 'sampling = 0.166666666667 Hz'],
    ['每15分钟一个数', 'sampling = 0.00111111111111 Hz'],
    ['DCS每10秒存一个点', 'sampling = 0.1 Hz'],
    ['5-minute meter data', 'sampling = 0.00333333333333 Hz'],
    ['sampled every 10 seconds', 'sampling = 0.1 Hz'],
    ['once per minute', 'sampling = 0.0166666666667 Hz'],
    ['25 fps', 'sampling = 25 Hz'],
    ['每秒采集', 'sampling = 1 Hz'],
  ],
  counts: [
    ['50台设备', 'count = 50 machines'],
    ['6条产线', 'count = 6 lines'],
    ['三条SMT线', 'count = 3 lines'],
    ['质检员12人', 'count = 12 people'],
    ['24路摄像头', 'count = 24 cameras'],
    ['300个测点', 'count = 300 points'],
    ['两班倒', 'shifts = 2 shifts'],
    ['three shifts', 'shifts = 3 shifts'],
    ['6种缺陷', 'count = 6 kinds'],
    ['50 machines with 6 sensors', 'count = 50 machines', 'count = 6 points'],
  ],
  times: [
    ['≤200 ms', 'latency <= 200 ms'],
    ['100毫秒以内', 'latency <= 100 ms'],
    ['响应时间小于2秒', 'latency <= 2000 ms'],
    ['latency under 50 ms', 'latency <= 50 ms'],
    ['推理 20 ms/张', 'latency = 20 ms'],
    ['3个月内', 'duration <= 91 days'],
    ['three months', 'duration = 91 days'],
    ['近两年', 'duration ~ 730 days'],
    ['一年半', 'duration = 548 days'],
    ['一天漏十几件'],
    ['近一年的数据', 'duration ~ 365 days'],
    ['OEE 不到 50%', 'percent <= 50 %'],
    ['45个工作日', 'duration = 45 days'],
    ['换型时间45分钟', 'time = 2700 s'],
    ['2周', 'duration = 14 days'],
  ],
  dates: [
    ['2027年6月底前', 'date <= 20999 day'],
    ['by 2027-06-30', 'date <= 20999 day'],
    ['by June 2027', 'date <= 20999 day'],
    ['2027年底', 'date = 21183 day'],
    ['live by Q2 2027', 'date <= 20999 day'],
  ],
}

t.test('numbers with units are read and normalised, in both languages', async t => {
  for (const [group, rows] of Object.entries(TABLE)) {
    t.test(group, async t => {
      for (const [text, ...facts] of rows)
        t.same(
          read(text),
          facts.filter(fact => fact !== ''),
          text,
        )
    })
  }
})

t.test('numbers inside codes, versions and words are no facts', async t => {
  for (const text of ['ISO27001', 'S7-1200', 'GB/T 22239-2019', '4K视频', '一次合格率', '第三方检测', 'RK3588', '']) {
    t.same(read(text), [], text)
  }
})

t.test('a span leads back to the words as they were written', async t => {
  const text = '预算：８０万元左右；節拍 3 秒／件，有 2 萬張圖片'
  const surfaces = extractFacts(text).map(({ start, end, surface }) => {
    t.equal(text.slice(start, end), surface)
    return surface
  })
  t.same(surfaces, ['８０万元左右', '3 秒／件', '2 萬張'])
})

t.test('Chinese numerals are worth what they say', async t => {
  const values: [string, number | undefined][] = [
    ['十', 10],
    ['十五', 15],
    ['二十', 20],
    ['两百', 200],
    ['一百二', 120],
    ['一千零五', 1005],
    ['两万三千', 23_000],
    ['三百万', 3_000_000],
    ['一亿二千万', 120_000_000],
    ['十二点五', 12.5],
    ['万', undefined],
  ]
  for (const [han, value] of values) t.equal(parseHan(han), value, han)
})

t.test('any text can be read, and every span lies inside it', async () => {
  const pieces = fc.constantFrom(
    '8',
    '３',
    '万',
    '张',
    '%',
    '预算',
    '秒/件',
    'kHz',
    ' ',
    '-',
    '到',
    '年',
    '两',
    '🏭',
    '\u0301',
    'images',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.array(pieces).map(list => list.join('')),
      ),
      text => {
        for (const { start, end, surface, value } of extractFacts(text)) {
          if (!(start >= 0 && start < end && end <= text.length)) return false
          if (text.slice(start, end) !== surface || !Number.isFinite(value)) return false
        }
        return true
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})

t.test('a day that counts from the day of writing is a date only where that day is told', async t => {
  const dates = (text: string, today?: string) =>
    extractFacts(text, today).flatMap(fact => (fact.kind === 'date' ? `${fact.comparator} ${fact.date}` : []))
  const rows: [text: string, ...dates: string[]][] = [
    ['明年三月前上线', '<= 2027-03-31'],
    ['今年年底前', '<= 2026-12-31'],
    ['年内完成', '= 2026-12-31'],
    ['半年内见效', '= 2027-05-31'],
    ['明年上半年', '= 2027-06-30'],
    ['明年第三季度', '= 2027-09-30'],
    ['三个月内上线', '= 2027-02-28'],
    ['by the end of this year', '= 2026-12-31'],
    ['近三年内的数据'],
  ]
  for (const [text, ...expected] of rows) {
    t.same(dates(text, '2026-11-22'), expected, text)
    t.same(dates(text), [], `${text}, no day told`)
  }
})
