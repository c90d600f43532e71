"""Points as rivals read them: points.py FILE.parquet OUT (OUT.parquet as GeoParquet, OUT.geojsonl a feature a line)."""

import json
import os
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import shapely


def main():
    """Reads longitude and latitude, and keeps the other columns."""
    path, out = sys.argv[1:]
    table = pq.read_table(path)
    names = [name for name in table.column_names if name not in ("lon", "lat")]
    points = shapely.points(table["lon"].to_numpy(), table["lat"].to_numpy())
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}}}
    whole = table.select(names).append_column("geometry", pa.array(shapely.to_wkb(points), pa.binary()))
    pq.write_table(whole.replace_schema_metadata({"geo": json.dumps(geo)}), f"{out}.parquet.part")
    os.rename(f"{out}.parquet.part", f"{out}.parquet")
    fields = ", ".join(f'"{name}" := "{name}"' for name in names)
    duckdb.sql(
        f"""COPY (SELECT 'Feature' AS type, struct_pack({fields}) AS properties,
            {{'type': 'Point', 'coordinates': [lon, lat]}} AS geometry FROM '{path}')
            TO '{out}.geojsonl' (FORMAT json)"""
    )


if __name__ == "__main__":
    main()
