/** What a span was to its surroundings, in OpenTelemetry's words. */
export type SpanKind = 'server' | 'producer' | 'consumer' | 'client'

/** Ids, routes, codes and numbers. Never a text that somebody wrote, never a person's data. */
export type Attributes = Record<string, string | number>

/** `parent` is a traceparent; `null` begins a new trace; left out, it is whatever runs now. */
export type SpanOptions = { kind: SpanKind; parent?: string | null | undefined; attributes?: Attributes }

export type Span = {
  /** W3C Trace Context, version 00. */
  traceparent: string
  traceId: string
  set: (attributes: Attributes) => void
  /** Marks it as failed, by the name of the kind of failure: a message may carry what must not leave. */
  fail: (type: string) => void
  end: () => void
  /** Runs `work`, and whatever it sets going, inside of the span. */
  run: <T>(work: () => T) => T
}

export type Tracer = {
  start: (name: string, options: SpanOptions) => Span
  current: () => { traceparent: string; traceId: string } | undefined
  close: () => Promise<void>
}

export type TracingOptions = {
  /** Base address of an OTLP receiver over HTTP; `/v1/traces` is added. */
  url: string
  headers: Record<string, string>
  serviceName: string
  /** Share of traces that are kept, from 0 to 1. */
  sampleRatio: number
}

// One for the process, unlike everything else that is passed in: a trace goes through functions that have nothing to do
// with it, and changes nothing that they do.
let tracer: Tracer | undefined

/** Whether spans are made at all. */
export const isTracing = (): boolean => tracer !== undefined

/** Loads OpenTelemetry and sends spans from then on. @returns what sends the last of them and stops */
export const startTracing = async (
  options: TracingOptions,
  onError: (message: string) => void,
): Promise<() => Promise<void>> => {
  const { openTracer } = await import('./otlp.ts')
  const opened = openTracer(options, onError)
  tracer = opened
  return async () => {
    tracer = undefined
    await opened.close()
  }
}

/** A span that the caller ends; nothing where tracing is off. */
export const startSpan = (name: string, options: SpanOptions): Span | undefined => tracer?.start(name, options)

/** A span of no length that says: this happened. @returns its traceparent, for what follows from it */
export const markSpan = (name: string, options: SpanOptions): string | undefined => {
  const span = startSpan(name, options)
  span?.end()
  return span?.traceparent
}

/**
 * Runs `work` for several causes at once: in each of their traces stands a span of the same length. What `work` itself
 * sets going belongs to the first. Without a cause there is no span.
 */
export const inSpans = async <T>(
  name: string,
  { parents, ...options }: Omit<SpanOptions, 'parent'> & { parents: readonly string[] },
  work: () => Promise<T>,
): Promise<T> => {
  const spans = parents.flatMap(parent => startSpan(name, { ...options, parent }) ?? [])
  const [first] = spans
  if (!first) return work()
  try {
    return await first.run(work)
  } catch (error) {
    for (const span of spans) span.fail(error instanceof Error ? error.name : typeof error)
    throw error
  } finally {
    for (const span of spans) span.end()
  }
}

/** Where the running work stands in its trace, for the jobs that go on with it. */
export const currentTraces = (): string[] => {
  const current = tracer?.current()
  return current ? [current.traceparent] : []
}

/** What a log line carries of the running trace. */
export const traceFields = (): { trace_id?: string } => {
  const current = tracer?.current()
  return current ? { trace_id: current.traceId } : {}
}

/** Of each trace the first: a batch of a thousand events may come from one request. */
export const onePerTrace = (traceparents: readonly string[]): string[] => [
  ...new Map(traceparents.toReversed().map(traceparent => [traceparent.split('-')[1], traceparent])).values(),
]
