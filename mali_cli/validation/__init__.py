"""Rules of the data: `validate` checks the `checked_tables` of a backend and returns the violations."""

from mali_cli.validation.validator import checked_tables, validate

__all__ = ["checked_tables", "validate"]
