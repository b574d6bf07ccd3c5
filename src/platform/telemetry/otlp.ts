import {
  context,
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import type { Span, SpanOptions, Tracer, TracingOptions } from './tracing.ts'

const KINDS = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
}
const EXPORT_TIMEOUT_MS = 10_000

/** Sends spans in batches, in the background. A receiver that is gone is told of and slows nothing down. */
export const openTracer = (options: TracingOptions, onError: (message: string) => void): Tracer => {
  const tellNothing = () => {}
  const logger = { error: onError, warn: onError, info: tellNothing, debug: tellNothing, verbose: tellNothing }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  const exporter = new OTLPTraceExporter({
    url: `${options.url.replace(/\/$/, '')}/v1/traces`,
    headers: options.headers,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.serviceName }),
    // Whoever began a trace has decided whether it is kept, so a trace is whole or not there.
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sampleRatio) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  provider.register({ propagator: null })
  const tracer = provider.getTracer('duijie')
  return {
    start: (name, { kind, parent, attributes = {} }) =>
      toSpan(tracer.startSpan(name, { kind: KINDS[kind], attributes }, contextOf(parent))),
    current: () => {
      const active = trace.getActiveSpan()?.spanContext()
      return active && { traceparent: traceparentOf(active), traceId: active.traceId }
    },
    close: async () => {
      await provider.shutdown()
      trace.disable()
      context.disable()
      diag.disable()
    },
  }
}

const toSpan = (span: OtelSpan): Span => ({
  traceparent: traceparentOf(span.spanContext()),
  traceId: span.spanContext().traceId,
  set: attributes => void span.setAttributes(attributes),
  fail: type => void span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR }),
  end: () => span.end(),
  run: work => context.with(trace.setSpan(context.active(), span), work),
})

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & 1}`

const contextOf = (parent: SpanOptions['parent']): Context => {
  if (parent === undefined) return context.active()
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])$/.exec(parent ?? '') ?? []
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number(flags), isRemote: true })
}
