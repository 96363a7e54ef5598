"""Office files that are the same bytes whenever they are written."""

import io
import zipfile

__all__ = ["with_fixed_times"]

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip archive can hold


def with_fixed_times(archive: bytes) -> bytes:
    """Rewrite a zip archive so that no member carries the time of writing.

    Parameters
    ----------
    archive : bytes
        A zip archive.

    Returns
    -------
    bytes
        The same members in the same order, deflated, dated 1980-01-01.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, date_time=_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            member.create_system = 3
            new.writestr(member, old.read(name))
    return target.getvalue()
