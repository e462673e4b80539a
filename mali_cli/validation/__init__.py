"""Rules of the data: `validate` checks every table of a backend and returns the violations."""

from mali_cli.validation.validator import validate

__all__ = ["validate"]
