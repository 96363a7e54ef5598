"""A process beside this one that decodes a file, and may die of it or never end.

The scripts are ``workbook_process.py`` and ``hdf5_process.py``. Questions and answers are lines of
JSON; bytes follow the line that tells how many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

from ioecon.errors import ReadError

__all__ = ["Decoder"]

_PROCESSOR_TIME_IS_UP = -24  # SIGXCPU


class Decoder:
    """Runs a script that decodes files, with a limit of time.

    Parameters
    ----------
    script : Path
        The script.
    kind : str
        What it decodes: ``"workbook"``.
    refuse : callable
        From the reason why a file cannot be decoded to the error that says so.
    """

    def __init__(self, script: Path, kind: str, refuse: Callable[[str], ReadError]) -> None:
        self._script, self._kind, self._refuse = script, kind, refuse
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None
        self._late = False

    def start(self, seconds: int) -> None:
        """Start the process if there is none; kill it when it is not done in so many seconds."""
        if self._process is None:
            places = os.pathsep.join(place for place in sys.path if place)
            self._late = False
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(self._script)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": places},
            )
        self._watch(seconds)

    def stop(self) -> None:
        """End the process."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._process is not None:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                try:
                    cast(IO[bytes], stream).close()
                except OSError:  # what was not sent cannot be sent any more
                    continue
            self._process.wait()
            self._process = None

    def ask(self, question: dict[str, Any], data: Iterable[bytes] = ()) -> dict[str, Any]:
        """Send a question, and bytes that belong to it; return the answer.

        Raises
        ------
        ReadError
            If the file cannot be decoded.
        """
        self._send(chain([json.dumps(question).encode("ascii") + b"\n"], data))
        line = cast(IO[bytes], self._running.stdout).readline()
        if not line.endswith(b"\n"):
            raise self._death_error()
        answer = json.loads(line)
        if "error" in answer:
            self.stop()
            raise self._refuse(answer["error"])
        return dict(answer)

    def receive(self, size: int) -> bytes:
        """Bytes that follow an answer.

        Raises
        ------
        ReadError
            If the process ended before.
        """
        data = cast(IO[bytes], self._running.stdout).read(size)
        if len(data) < size:
            raise self._death_error()
        return data

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ReadError(f"No {self._kind} is open.")
        return self._process

    def _watch(self, seconds: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        process = self._process

        def end() -> None:
            self._late = True
            if process is not None:
                process.kill()

        self._timer = threading.Timer(seconds, end)
        self._timer.daemon = True
        self._timer.start()

    def _send(self, parts: Iterable[bytes]) -> None:
        stream = cast(IO[bytes], self._running.stdin)
        try:
            for part in parts:
                stream.write(part)
            stream.flush()
        except OSError:  # it died; what it said last is read next
            pass

    def _death_error(self) -> ReadError:
        process = cast("subprocess.Popen[bytes]", self._process)
        if not self._late:
            process.wait()
        code, late = process.returncode, self._late
        self.stop()
        if late or code == _PROCESSOR_TIME_IS_UP:
            return self._refuse(f"decoding it takes longer than any {self._kind} of its size")
        return self._refuse(
            f"the decoder needs more memory than any {self._kind} of its size, or fails"
        )
