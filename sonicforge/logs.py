"""How every process speaks: structlog to standard error, one line an event, named by its role."""

import logging
import sys

import structlog

from sonicforge.sections import Log


def open_logs(log: Log, role: str) -> None:
    """Sets up structlog and the standard library's logging for this process."""
    level = getattr(logging, log.level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if log.format == "console" else "iso", utc=log.format == "json"),
        structlog.processors.format_exc_info,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if log.format == "json" else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(role=role)
    logging.basicConfig(level=max(level, logging.WARNING), format=f"%(asctime)s {role} %(name)s: %(message)s", stream=sys.stderr)
