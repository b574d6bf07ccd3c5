import { type FieldError, invalid, type ProblemError } from '../platform/errors.ts'
import { explainUrlRule, type UrlRule } from '../platform/egress/url.ts'
import type { HeaderProblem } from './headers.ts'

/** The same as `explainUrlRule`, for readers of Chinese. */
const URL_RULES_ZH: Record<UrlRule, string> = {
  malformed_url: '不是有效的 URL',
  long_url: '过长，最多 2,048 个字符',
  scheme: '必须以 https:// 开头',
  userinfo: '不得带用户名或密码',
  port: '端口必须是 443 或 1024 至 65535',
  malformed_name: '主机名无效',
  single_label_name: '主机必须是完整域名',
  reserved_name: '主机名为本地或专用保留',
  metadata_name: '主机名属于云元数据服务',
  not_an_address: '主机不是有效地址',
  metadata_address: '指向云元数据服务或链路本地地址',
  translated_address: '指向隐藏了另一地址的转换地址（NAT64、6to4、Teredo）',
  loopback_address: '指向本机',
  private_address: '指向专用网络',
  special_address: '指向公网以外的地址',
}

export const refusedUrl = (rule: UrlRule): ProblemError =>
  invalid([{ pointer: '/url', code: rule, detail: { zh: `该 URL ${URL_RULES_ZH[rule]}。`, en: explainUrlRule(rule) } }])

export const refusedHeaders = (problems: readonly HeaderProblem[]): ProblemError =>
  invalid(
    problems.map<FieldError>(({ name, message }) => ({
      pointer: name === '*' ? '/headers' : `/headers/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`,
      code: 'refused_header',
      detail: message,
    })),
  )
