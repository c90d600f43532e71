"""What other programs write as CSV is what is read: tables.py PROGRAM [ROUNDS]

Random tables are written by Python's csv, pandas and DuckDB and as spreadsheets of several countries save them, each with settings of
its own: delimiters, quotes, words for nothing, dates, thousands, line ends, encodings. The program builds them into Parquet, DuckDB
reads that, and every value must be the one that was written; an empty text is no value in most of these files, so the two count as the
same. The seed is fixed.
"""

import csv
import datetime
import io
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas

LETTERS = ["a", "b", "Ä", "日", ",", ";", "\t", "|", '"', "'", "\n", "\r\n", " ", "0", ".", "#", "-"]
# Those that Windows-1252 has, and that lines of spreadsheets hold.
WESTERN = ["a", "b", "Ä", "ß", "€", "é", ",", ";", '"', "'", "\n", " ", "0", ".", "-"]
EPOCH = datetime.datetime(1970, 1, 1)

Table = dict[str, list]


@dataclass
class Written:
    """How a table was written: in words, and what the program has to be told of it."""

    how: str
    flags: list[str] = field(default_factory=list)
    # Times that were written without their smaller parts.
    step: int = 1


def text(dice: random.Random, letters: list[str]) -> str | None:
    """A text of letters that mean something to some writer."""
    return None if dice.random() < 0.1 else "".join(dice.choices(letters, k=dice.randrange(8)))


def table(dice: random.Random, rows: int, letters: list[str] = LETTERS) -> Table:
    """Columns of each kind. The first text of a column of texts is one that nothing else could be."""
    gap = lambda value: None if dice.random() < 0.1 else value
    return {
        "id": list(range(rows)),
        "lon": [dice.uniform(-179, 179) for _ in range(rows)],
        "lat": [dice.uniform(-80, 80) for _ in range(rows)],
        "note": ["plain words"] + [text(dice, letters) for _ in range(rows - 1)],
        "name": ["other words"] + [text(dice, letters) for _ in range(rows - 1)],
        "small": [gap(dice.randrange(-100, 100)) for _ in range(rows)],
        "large": [gap(dice.randrange(-(2**62), 2**62)) for _ in range(rows)],
        "size": [gap(dice.choice([dice.uniform(-1, 1), dice.gauss(0, 1e20), dice.randrange(9) + 0.5])) for _ in range(rows)],
        "flag": [gap(dice.random() < 0.5) for _ in range(rows)],
        "at": [gap(EPOCH + datetime.timedelta(microseconds=dice.randrange(2**52))) for _ in range(rows)],
        "zip": ["01234"] + [f"{dice.randrange(100000):05}" for _ in range(rows - 1)],
    }


def by_csv(dice: random.Random, data: Table, path: Path) -> Written:
    """Python's csv: commas, semicolons, tabs and bars, with as many quotes as it takes or more, of one kind or the other."""
    delimiter, quoting = dice.choice(",;\t|"), dice.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    ends, quote = dice.choice(["\n", "\r\n"]), dice.choice('""\'')
    encoding = dice.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=ends, quotechar=quote)
    writer.writerow(data)
    writer.writerows(zip(*data.values(), strict=True))
    path.write_bytes(out.getvalue().encode(encoding))
    flags = ["--quote", quote] if quote != '"' else []
    # Without a mark at the beginning nothing says it.
    flags += ["--encoding", "utf-16le"] if encoding == "utf-16-le" else []
    return Written(f"csv {delimiter!r} {quote} {quoting} {ends!r} {encoding}", flags)


def by_pandas(dice: random.Random, data: Table, path: Path) -> Written:
    """pandas: its own quotes, words for nothing, and a mark of UTF-8."""
    frame = pandas.DataFrame({name: pandas.Series(values, dtype="object") for name, values in data.items()})
    delimiter, nothing, encoding = dice.choice(",;\t"), dice.choice(["", "NA", "NULL"]), dice.choice(["utf-8", "utf-8-sig"])
    # In a column of texts a word for nothing is a word.
    for name in ("note", "name"):
        frame[name] = frame[name].fillna("")
    frame.to_csv(path, sep=delimiter, index=False, na_rep=nothing, encoding=encoding)
    return Written(f"pandas {delimiter!r} {nothing!r} {encoding}")


def by_duckdb(dice: random.Random, data: Table, path: Path) -> Written:
    """DuckDB: empty texts in quotes, no value without."""
    frame = pandas.DataFrame({name: pandas.Series(values, dtype="object") for name, values in data.items()})
    frame = frame.astype({"small": "Int64", "large": "Int64", "size": "Float64", "flag": "boolean", "at": "datetime64[us]"})
    delimiter = dice.choice([",", ";", "\t"])
    base = duckdb.connect()
    base.register("frame", frame)
    base.execute(f"COPY frame TO '{path}' (FORMAT csv, HEADER, DELIMITER '{delimiter}')")
    return Written(f"DuckDB {delimiter!r}")


def grouped(value: float, sign: str, comma: str) -> str:
    """A number with signs between thousands, with a point or a comma before its decimals."""
    whole, _, rest = f"{value:,}".partition(".")
    return whole.replace(",", sign) + (comma + rest if rest else "")


@dataclass
class Country:
    """How its spreadsheets write."""

    name: str
    delimiter: str
    comma: str
    thousands: str
    # The form of dates, and whether only their writing proves the order of day and month.
    date: str
    encoding: str


COUNTRIES = [
    Country("German", ";", ",", ".", "%d.%m.%Y %H:%M:%S", "cp1252"),
    Country("French", ";", ",", " ", "%d/%m/%Y %H:%M:%S", "cp1252"),
    Country("American", ",", ".", ",", "%m/%d/%Y %I:%M:%S %p", "utf-8-sig"),
    Country("British", ",", ".", ",", "%d/%m/%Y %H:%M", "utf-8-sig"),
    Country("Swiss", ";", ".", "'", "%d.%m.%Y %H:%M", "utf-16"),
    Country("Swedish", "\t", ",", " ", "%Y-%m-%d %H:%M", "utf-16"),
]


def by_spreadsheet(dice: random.Random, data: Table, path: Path) -> Written:
    """As a spreadsheet saves it: dates and decimals of its country, thousands in one column, TRUE and FALSE, CRLF."""
    country = dice.choice(COUNTRIES)
    rows = len(data["id"])
    decimal = lambda value: None if value is None else repr(value).replace(".", country.comma)
    date = lambda value: None if value is None else value.strftime(country.date)
    # One that is no other day in the other order proves the order.
    data["at"][0] = datetime.datetime(2024, 3, 25, 14, 5, 6)
    data["size"] = [None if value is None else dice.randrange(-(10**6), 10**6) / 64 for value in data["size"]]
    data["people"] = [1234567] + [dice.randrange(10**8) for _ in range(rows - 1)]
    shown = {name: list(values) for name, values in data.items()}
    for name in ("lon", "lat", "size"):
        shown[name] = [decimal(value) for value in data[name]]
    shown["at"] = [date(value) for value in data["at"]]
    shown["flag"] = [None if value is None else str(value).upper() for value in data["flag"]]
    shown["people"] = [grouped(value, country.thousands, country.comma) for value in data["people"]]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=country.delimiter, lineterminator="\r\n")
    writer.writerow(shown)
    writer.writerows(zip(*shown.values(), strict=True))
    path.write_bytes(out.getvalue().encode(country.encoding))
    # A sign that is not the usual one is said.
    usual = "." if country.comma == "," else ","
    flags = [] if country.thousands == usual else ["--thousands", country.thousands]
    return Written(f"{country.name} spreadsheet", flags, 1 if "%S" in country.date else 60)


WRITERS: list[tuple[Callable[[random.Random, Table, Path], Written], list[str]]] = [
    (by_csv, LETTERS),
    (by_pandas, LETTERS),
    (by_duckdb, LETTERS),
    (by_spreadsheet, WESTERN),
]


def read(program: str, path: Path, flags: list[str], folder: Path) -> Table:
    """What the program makes of a file, by row."""
    out = folder / "out.parquet"
    run = subprocess.run([program, "build", path, "-o", out, *flags], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"{path.read_bytes()[:2000]!r}\n{flags}\n{run.stderr}")
    names = [row[0] for row in duckdb.execute(f"DESCRIBE SELECT * FROM '{out}'").fetchall()]
    rows = duckdb.execute(f"SELECT * FROM '{out}' ORDER BY id").fetchall()
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def plain(value: object, written: Written, precise: bool) -> object:
    """A value as both sides have it."""
    if isinstance(value, datetime.datetime):
        value = value.replace(tzinfo=None)
        if not precise:
            value = value.replace(microsecond=0, second=value.second // written.step * written.step)
        return value
    return None if value == "" else value


def main() -> None:
    """Writes, reads, compares."""
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 80
    dice = random.Random(7)
    with tempfile.TemporaryDirectory(prefix="duotile-tables-") as name:
        folder = Path(name)
        for number in range(rounds):
            writer, letters = WRITERS[number % len(WRITERS)]
            data = table(dice, dice.choice([2, 30, 300]), letters)
            path = folder / f"{number}.csv"
            written = writer(dice, data, path)
            found = read(program, path, written.flags, folder)
            precise = writer is not by_spreadsheet
            for column, values in data.items():
                if all(plain(value, written, precise) is None for value in values):
                    continue
                here = [plain(value, written, precise) for value in found[column]]
                there = [plain(value, written, precise) for value in values]
                for row, (a, b) in enumerate(zip(here, there, strict=True)):
                    # Positions are those of the grid, less than a centimetre off.
                    same = abs(a - b) < 1e-7 if column in ("lon", "lat") else a == b
                    if not same:
                        sys.exit(f"{written.how} {written.flags}: row {row} of {column} is {a!r}, and {b!r} was written")
    print(f"{rounds} tables are what was written")


if __name__ == "__main__":
    main()
