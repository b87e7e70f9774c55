"""Traces for OpenTelemetry, where `traces_url` says who collects them. Its libraries are the extra `telemetry`.

Without the setting nothing is imported. Spans are named by the schema and the modules; they hold no value, and of an
exception nothing but the code that the client was told.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from core.notes import Note
from core.settings import Settings, StartError
from schema import spans

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

MISSING = "traces_url is set, but OpenTelemetry is not installed: pip install 'bima[telemetry]'"
FLUSH_MILLISECONDS = 3_000
"""How long a process that ends may take to hand over its last spans."""
_PARENT = "traceparent"
_QUIETLY: Any = {"record_exception": False, "set_status_on_exception": False}
"""Texts of exceptions hold values."""


class Tracing:
    """Who traces this process; nobody until `start`."""

    provider: Any = None
    tracer: Any = None
    propagator: Any = None


def start(settings: Settings) -> None:
    """Begin to trace this process when the settings say where to.

    Raises:
        StartError: the libraries are not installed.
    """
    if not settings.traces_url or Tracing.provider is not None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise StartError(MISSING) from error
    name = os.environ.get("OTEL_SERVICE_NAME", "bima")
    provider = TracerProvider(resource=Resource.create({"service.name": name, "service.version": version("bima")}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.traces_url)))
    trace_with(provider)


def trace_with(provider: "TracerProvider | None") -> None:
    """Let a provider trace this process; None: nobody does."""
    Tracing.provider, Tracing.tracer, Tracing.propagator = provider, None, None
    if provider is None:
        spans.watch_with(None)
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    tracer = Tracing.tracer = provider.get_tracer("bima")
    Tracing.propagator = TraceContextTextMapPropagator()
    spans.watch_with(lambda name: tracer.start_as_current_span(name, **_QUIETLY))


def flush() -> None:
    """Hand over what was not yet: a process ends."""
    if Tracing.provider is not None:
        Tracing.provider.force_flush(FLUSH_MILLISECONDS)


def parent() -> str | None:
    """What continues the trace under way elsewhere, as in the header `traceparent`; None where nobody traces."""
    if Tracing.propagator is None:
        return None
    carrier: dict[str, str] = {}
    Tracing.propagator.inject(carrier)
    return carrier.get(_PARENT)


def traced(name: str, note: Note, parent: str | None, kind: str = "INTERNAL") -> AbstractContextManager[dict[str, Any]]:
    """A whole request or job, which may continue a trace that began elsewhere; yields the attributes to fill in.

    Of W3C's headers only `traceparent` is taken: `tracestate` may hold anything. A client that sends one decides about
    its own trace and nothing else.
    """
    return nullcontext({}) if Tracing.tracer is None else _traced(name, note, parent, kind)


@contextmanager
def _traced(name: str, note: Note, parent: str | None, kind: str) -> Iterator[dict[str, Any]]:
    from opentelemetry.trace import SpanKind, Status, StatusCode

    context = Tracing.propagator.extract({_PARENT: parent} if parent else {})
    attributes: dict[str, Any] = {}
    with Tracing.tracer.start_as_current_span(name, context=context, kind=SpanKind[kind], **_QUIETLY) as span:
        note.trace_id = f"{span.get_span_context().trace_id:032x}"
        try:
            yield attributes
        finally:
            given = {"bima.request_id": note.request_id, "bima.answer": note.answer, **attributes}
            if note.account is not None:
                given["bima.account_id"] = str(note.account)
            if note.operation:
                span.update_name(f"{note.kind} {note.operation}")
                given |= {"graphql.operation.name": note.operation, "graphql.operation.type": note.kind}
            span.set_attributes(given)
            if note.answer == "INTERNAL":
                span.set_status(Status(StatusCode.ERROR))
