"""Names of places in a spreadsheet, for messages and for writing."""

__all__ = ["column_letters"]


def column_letters(column: int) -> str:
    """Excel's letters of a column counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
