"""What can go wrong: one small hierarchy, so that scripts can tell the cases apart.

Every message is a sentence that names the file, country, sector or column and says what to do.
"""

__all__ = [
    "ArgumentError",
    "BackendError",
    "DownloadError",
    "EmissionsError",
    "IdentityError",
    "IoeconError",
    "IoeconWarning",
    "LabelError",
    "OutputError",
    "PanelError",
    "PrecisionError",
    "ReadError",
    "RoundingWarning",
    "StudyError",
    "TableError",
    "UnsoundTableError",
]


class IoeconError(Exception):
    """Anything that ioecon refuses to do."""


class ArgumentError(IoeconError, ValueError):
    """An argument with a value that it does not take."""


OptionError = ArgumentError  # its name before; that of regressions is another


class TableError(IoeconError, ValueError):
    """An input-output table, or a series of them, that cannot be used as it is."""


class LabelError(TableError):
    """Countries, sectors or categories that are missing, duplicated or do not agree."""


class UnsoundTableError(TableError):
    """Numbers that no identity survives: NaN, negative output, inputs without output."""


class PrecisionError(TableError):
    """A table in float32 whose solves cannot be refined to double precision; take float64."""


class ReadError(IoeconError, ValueError):
    """A file that is missing, truncated, or not in the layout that was named."""


class DownloadError(IoeconError, ValueError):
    """A file that cannot be downloaded, or that is not what its publisher says."""


class EmissionsError(IoeconError, ValueError):
    """Emissions that are missing for a country or year, or in another unit than the table needs."""


class IdentityError(IoeconError, ArithmeticError):
    """A result that breaks the identity it must satisfy; nothing is returned in that case."""


class PanelError(IoeconError, ValueError):
    """A country-period panel that cannot be built from what was given."""


class BackendError(IoeconError, RuntimeError):
    """A process working beside this one that ended before it had answered."""


class StudyError(IoeconError, ValueError):
    """A study file with an unknown key, a wrong value or a missing part."""


class OutputError(IoeconError, OSError):
    """A results folder that cannot be written."""


class IoeconWarning(UserWarning):
    """Something worth knowing that does not stop the work."""


class RoundingWarning(IoeconWarning):
    """A break of an identity no larger than the rounding of the published table."""
