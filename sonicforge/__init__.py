"""The roof: configuration, wiring, supervision, command line. The only place that knows every room."""

__version__ = "0.1.0"
