"""What other programs write as CSV is what is read: tables.py PROGRAM [ROUNDS]

Random tables are written by Python's csv, pandas and DuckDB, each with settings of its own, built into Parquet by the program, and
read again by DuckDB. Every value must be the one that was written; an empty text is no value in most of these files, so the two
count as the same. The seed is fixed.
"""

import csv
import datetime
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas

LETTERS = ["a", "b", "Ä", "日", ",", ";", "\t", "|", '"', "'", "\n", "\r\n", " ", "0", ".", "#", "-"]
EPOCH = datetime.datetime(1970, 1, 1)


def text(dice: random.Random) -> str | None:
    """A text of letters that mean something to some writer."""
    return None if dice.random() < 0.1 else "".join(dice.choices(LETTERS, k=dice.randrange(8)))


def table(dice: random.Random, rows: int) -> dict[str, list]:
    """Columns of each kind. The first text of a column of texts is one that nothing else could be."""
    gap = lambda value: None if dice.random() < 0.1 else value
    return {
        "id": list(range(rows)),
        "lon": [dice.uniform(-179, 179) for _ in range(rows)],
        "lat": [dice.uniform(-80, 80) for _ in range(rows)],
        "note": ["plain words"] + [text(dice) for _ in range(rows - 1)],
        "name": ["other words"] + [text(dice) for _ in range(rows - 1)],
        "small": [gap(dice.randrange(-100, 100)) for _ in range(rows)],
        "large": [gap(dice.randrange(-(2**62), 2**62)) for _ in range(rows)],
        "size": [gap(dice.choice([dice.uniform(-1, 1), dice.gauss(0, 1e20), dice.randrange(9) + 0.5])) for _ in range(rows)],
        "flag": [gap(dice.random() < 0.5) for _ in range(rows)],
        "at": [gap(EPOCH + datetime.timedelta(microseconds=dice.randrange(2**52))) for _ in range(rows)],
        "zip": ["01234"] + [f"{dice.randrange(100000):05}" for _ in range(rows - 1)],
    }


def by_csv(dice: random.Random, data: dict[str, list], path: Path) -> str:
    """Python's csv: commas, semicolons, tabs and bars, with as many quotes as it takes or more."""
    delimiter, quoting = dice.choice(",;\t|"), dice.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    ends = dice.choice(["\n", "\r\n"])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=ends)
        writer.writerow(data)
        writer.writerows(zip(*data.values(), strict=True))
    return f"csv {delimiter!r} {quoting} {ends!r}"


def by_pandas(dice: random.Random, data: dict[str, list], path: Path) -> str:
    """pandas: its own quotes, words for nothing, and a mark of UTF-8."""
    frame = pandas.DataFrame({name: pandas.Series(values, dtype="object") for name, values in data.items()})
    delimiter, nothing, encoding = dice.choice(",;\t"), dice.choice(["", "NA", "NULL"]), dice.choice(["utf-8", "utf-8-sig"])
    # In a column of texts a word for nothing is a word.
    for name in ("note", "name"):
        frame[name] = frame[name].fillna("")
    frame.to_csv(path, sep=delimiter, index=False, na_rep=nothing, encoding=encoding)
    return f"pandas {delimiter!r} {nothing!r} {encoding}"


def by_duckdb(dice: random.Random, data: dict[str, list], path: Path) -> str:
    """DuckDB: empty texts in quotes, no value without."""
    frame = pandas.DataFrame({name: pandas.Series(values, dtype="object") for name, values in data.items()})
    frame = frame.astype({"small": "Int64", "large": "Int64", "size": "Float64", "flag": "boolean", "at": "datetime64[us]"})
    delimiter = dice.choice([",", ";", "\t"])
    base = duckdb.connect()
    base.register("frame", frame)
    base.execute(f"COPY frame TO '{path}' (FORMAT csv, HEADER, DELIMITER '{delimiter}')")
    return f"DuckDB {delimiter!r}"


def read(program: str, path: Path, folder: Path) -> dict[str, list]:
    """What the program makes of a file, by row."""
    out = folder / "out.parquet"
    run = subprocess.run([program, "build", path, "-o", out], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"{path.read_bytes()[:2000]!r}\n{run.stderr}")
    names = [row[0] for row in duckdb.execute(f"DESCRIBE SELECT * FROM '{out}'").fetchall()]
    rows = duckdb.execute(f"SELECT * FROM '{out}' ORDER BY id").fetchall()
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def plain(value: object) -> object:
    """A value as both sides have it."""
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    return None if value == "" else value


def main() -> None:
    """Writes, reads, compares."""
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    dice = random.Random(7)
    with tempfile.TemporaryDirectory(prefix="duotile-tables-") as name:
        folder = Path(name)
        for number in range(rounds):
            data = table(dice, dice.choice([2, 30, 300]))
            path = folder / f"{number}.csv"
            how = dice.choice([by_csv, by_pandas, by_duckdb])(dice, data, path)
            found = read(program, path, folder)
            for column, values in data.items():
                if column in ("lon", "lat"):
                    continue
                if all(plain(value) is None for value in values):
                    continue
                here, there = [plain(value) for value in found[column]], [plain(value) for value in values]
                for row, (a, b) in enumerate(zip(here, there, strict=True)):
                    if a != b:
                        sys.exit(f"{how}: row {row} of {column} is {a!r}, and {b!r} was written")
    print(f"{rounds} tables are what was written")


if __name__ == "__main__":
    main()
