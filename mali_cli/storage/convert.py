"""Conversion: a dataset in another form, written part by part beside the target, which it replaces when whole."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli._version import __version__
from mali_cli.errors import DataError, MaliError, describe_lone_surrogate, os_error_text
from mali_cli.model import names, schema
from mali_cli.storage import sqlite
from mali_cli.storage.atomic import atomic_replace
from mali_cli.storage.probe import is_sqlite_file, read_datapackage
from mali_cli.storage.sink import ProgressCallback, Sink

if TYPE_CHECKING:
    from mali_cli.storage.base import Backend

TARGET_FORMATS = {
    "parquet": ("parquet_writer", "ParquetSink"),
    "sqlite": ("sqlite", "SqliteSink"),
    "csv": ("csv_tables", "CsvSink"),
}
SQLITE_SUFFIXES = (".db", ".sqlite", ".sqlite3")  # what names of SQLite files end in; the other forms are folders
CHUNK_ROWS = 50_000  # so many are handed on at once


def target_format(target: Path, typed: str | None) -> str:
    """The form that was asked for, or that the target's name tells."""
    is_file = target.suffix.lower() in SQLITE_SUFFIXES
    if typed is None and not is_file:
        raise MaliError(f"--to says what {target} shall be: {', '.join(TARGET_FORMATS)}.")
    form = "sqlite" if typed is None else names.match_choice(typed, TARGET_FORMATS, "form")
    if form != "sqlite" and (is_file or target.suffix.lower() in (".csv", ".parquet")):
        raise MaliError(f"--to {form} writes a folder with a file for each table; {target} is the name of a file.")
    return form


def check_target(source: Path, target: Path, form: str, force: bool) -> None:
    """Refuses a target that could not or should not be written, before any work is done."""
    _sink_and_error(form)  # what it needs is installed
    try:
        _check_resolved_target(source.resolve(), target.resolve(), form, force)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error.strerror}.") from None


def _check_resolved_target(source: Path, target: Path, form: str, force: bool) -> None:
    if target == source:
        raise MaliError(f"{target} would be converted into itself; give the converted tables a name of their own.")
    if target in source.parents:
        raise MaliError(f"{source} lies in {target}, which would be replaced.")
    if not target.parent.is_dir():
        raise DataError(f"there is no folder {target.parent} to write {target.name} into.")
    if not target.exists():
        return
    if form == "sqlite":
        if not target.is_file():
            raise DataError(f"{target} is a folder or a device; --to sqlite writes a file.")
        if target.stat().st_size and not is_sqlite_file(target):
            raise DataError(f"{target} is no SQLite file; it is not replaced.")
        if busy := [end for end in ("-journal", "-wal") if target.with_name(target.name + end).exists()]:
            raise DataError(f"{target} is in use, or a program that wrote to it died: there is {target.name}{busy[0]}.")
    elif not target.is_dir():
        raise DataError(f"{target} is a file; --to {form} writes a folder.")
    elif Path.cwd().is_relative_to(target):
        raise MaliError(f"{target} is the folder you are in; it cannot be replaced from within.")
    elif strange := sorted({entry.name for entry in target.iterdir()} - _dataset_filenames()):
        raise DataError(f"{target} holds {strange[0]}, which is no table of a dataset; it is not replaced.")
    elif not any(target.iterdir()):
        return
    if not force:
        raise DataError(f"{target} exists; --force replaces it.")


def convert(backend: Backend, target: Path, form: str, at: ProgressCallback = lambda *_: None) -> dict[str, int]:
    """Writes all tables of the dataset and returns how many rows each has; if anything fails, what was there stays."""
    make, faults = _sink_and_error(form)
    counts = dict.fromkeys(schema.table_names(), 0)
    try:
        with (
            atomic_replace(target) as new,
            contextlib.closing(make(new, dataset_metadata(backend))) as sink,
        ):
            at("reading", None)
            for batch in backend.iter_batches():
                for name, frame in batch.items():
                    for start in range(0, len(frame), CHUNK_ROWS):
                        sink.append(name, frame.iloc[start : start + CHUNK_ROWS])
                    counts[name] += len(frame)
                at(f"{counts['events']:,} events read", backend.progress_fraction)
            sink.finish(at)
    except UnicodeEncodeError as error:
        raise DataError(f"{backend.path} holds {describe_lone_surrogate(error)}, which cannot be written.") from None
    except (OSError, faults) as error:
        raise DataError(f"{target} cannot be written: {os_error_text(error)}. Nothing was changed.") from None
    return counts


def dataset_metadata(store: Backend) -> dict[str, Any]:
    """What is to be told of the converted tables as a whole: name, title, licences, and where they came from."""
    told = read_datapackage(store.path) if store.path.is_dir() else sqlite.read_sqlite_metadata(store.path)
    origin = {"mali:origin": store.origin} if store.origin else {}
    if not told and store.origin:
        told = {
            "title": f"{store.origin}: {store.path.name}",
            "description": f"Made by mali {__version__} from {store.path.name}. The terms of that file hold for these "
            "tables too. A blank means not said; 0 means said to be none.",
        }
    kept = {key: value for key, value in told.items() if key != "resources" and not key.startswith("mali:")}
    ours = schema.datapackage()
    name = re.sub("[^a-z0-9]+", "-", names.normalize_name(store.path.stem)).strip("-") or "tables"
    named = {"name": name, "title": store.path.name, "version": ours["version"]}
    return {"$schema": ours["$schema"], **named, **kept, **origin}


def _sink_and_error(form: str) -> tuple[Callable[[Path, dict[str, Any]], Sink], type[Exception]]:
    """What makes a form, and what its library raises; MaliError if that is not installed."""
    module_name, class_name = TARGET_FORMATS[form]
    module = import_module(f"mali_cli.storage.{module_name}")
    return getattr(module, class_name), module.sink_error()


def _dataset_filenames() -> set[str]:
    """What a folder may hold to be replaced."""
    return {"datapackage.json"} | {f"{name}.{suffix}" for name in schema.table_names() for suffix in ("csv", "parquet")}
