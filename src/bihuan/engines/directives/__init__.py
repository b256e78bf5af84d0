"""Directives: what a speech, a minute or a notice orders, read by rules that anybody can look up."""

from ._read import COLUMNS, TYPES, Directive, SpanModel, as_row, read

__all__ = ["COLUMNS", "TYPES", "Directive", "SpanModel", "as_row", "read"]
