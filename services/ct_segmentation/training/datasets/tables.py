"""Tables of the public sets: CSV files whose columns are checked before anything is believed."""

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from services.ct_segmentation.training.datasets.errors import DatasetFileMissingError, DatasetTableError

CODES = {"0": 0, "0.0": 0, "1": 1, "1.0": 1, "": -1, "nan": -1}


def read_table(path: Path, columns: Collection[str]) -> pd.DataFrame:
    """The CSV at ``path`` as text: every cell a string, empty where the file has nothing.

    Raises DatasetFileMissingError, and DatasetTableError where one of ``columns`` is not there.
    """
    if not path.is_file():
        raise DatasetFileMissingError(f"No {path.name} in {path.parent}; put the set's own table there.")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise DatasetTableError(f"{path.name} cannot be read as CSV ({error}); download it again.") from error
    missing = sorted(set(columns) - set(table.columns))
    if missing:
        raise DatasetTableError(f"{path.name} lacks the columns {missing}; it must be the set's published table.")
    return table


def zero_or_one(table: pd.DataFrame, columns: Sequence[str], source: str) -> pd.DataFrame:
    """Columns of 0 and 1 as int8, with -1 for an empty cell.

    Raises DatasetTableError naming the first other value.
    """
    codes = table[list(columns)].apply(lambda column: column.str.strip().map(CODES))
    rows, places = codes.isna().to_numpy().nonzero()
    if len(rows):
        row, column = int(rows[0]), columns[int(places[0])]
        raise DatasetTableError(
            f"{source} has {table[column].iloc[row]!r} in row {row + 1}, column {column}, where only 0, 1 or nothing "
            "may stand; correct the table."
        )
    return codes.astype("int8")
