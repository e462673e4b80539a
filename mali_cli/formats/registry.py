"""The foreign formats by the names that --format-in takes; each is imported only on use."""

from __future__ import annotations

# A new format is a FormatAdapter in a module of that name, and a line here: the module and its class.
FORMAT_CLASSES = {"acled": "Acled", "gdelt": "Gdelt", "gtd": "Gtd", "ucdp": "Ucdp", "un": "Un"}
FORMAT_NAMES = tuple(FORMAT_CLASSES)
