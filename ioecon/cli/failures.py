"""From an error to a few lines on standard error and an exit code (see :mod:`ioecon.cli`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ioecon.whole_folder import COMPLETE

__all__ = ["DATA", "Debug", "exit_code", "failures"]

UNFORESEEN, USAGE, DATA, COMPUTATION, OUTPUT, INTERRUPTED = 1, 2, 3, 4, 5, 130
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def exit_code(error: BaseException) -> int:
    """Exit code of an error; see the head of :mod:`ioecon.cli`.

    Examples
    --------
    >>> from ioecon.errors import ReadError
    >>> exit_code(ReadError("There is no file co2.csv."))
    3
    """
    from diagnostics import DiagnosticError
    from ioecon import errors
    from ioecon.whole_folder import is_of_writing
    from regressions import FormulaError, OptionError, RegressionError, TableContentError

    codes: tuple[tuple[tuple[type[BaseException], ...], int], ...] = (
        ((errors.StudyError, errors.ArgumentError, FormulaError, OptionError), USAGE),
        ((errors.OutputError,), OUTPUT),
        ((errors.IdentityError, RegressionError, DiagnosticError, TableContentError), COMPUTATION),
        ((errors.IoeconError,), DATA),
        ((ArithmeticError, MemoryError), COMPUTATION),
        ((KeyboardInterrupt,), INTERRUPTED),
    )
    if is_of_writing(error):  # a full or read-only disk, wherever it is met
        return OUTPUT
    return next((code for kinds, code in codes if isinstance(error, kinds)), UNFORESEEN)


@contextmanager
def failures(debug: bool, *, writes: bool = True) -> Iterator[None]:
    """Turn an error into a few lines on standard error and an exit code."""
    try:
        yield
        sys.stdout.flush()
    except (typer.Exit, typer.Abort):
        raise
    except SystemExit as error:  # a signal that ends the process
        if writes:
            typer.echo(f"ioecon: told to end. {_what_was_written(error)}", err=True)
        raise
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            raise
        code = exit_code(error)
        typer.echo(_explained(error, code, writes), err=True)
        raise typer.Exit(code) from None


def _explained(error: BaseException, code: int, writes: bool) -> str:
    """Which step, which file, what happened, what to do."""
    from ioecon.study.steps import failed_step

    if code == INTERRUPTED:
        return "ioecon: interrupted." + (f" {_what_was_written(error)}" if writes else "")
    step = failed_step(error)
    lines = [f"ioecon: failed{f' at: {step}' if step else ''}"]
    lines.append(f"  {error}" if str(error) else f"  {type(error).__name__}")
    if code == UNFORESEEN:
        lines.append(
            f"  This ({type(error).__name__}) was not foreseen. --debug shows where it arose; "
            "please report it with that output."
        )
    if writes:
        lines.append(f"  {_what_was_written(error)}")
    return "\n".join(lines)


def _what_was_written(error: BaseException) -> str:
    """Say that nothing was written, or what was complete when an interrupt came."""
    notes = getattr(error, "__notes__", [])
    return next((note for note in notes if note.startswith(COMPLETE)), "Nothing was written.")
