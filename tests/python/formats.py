"""What schemathesis cannot know from the description: texts of each of its formats that fit the dataset of the test, and
which parameters go together.

The dataset is made by `api.py`: places with a name, a country, a population and a time.
"""

import base64
import json
from datetime import date
from urllib.parse import urlencode

import schemathesis
from hypothesis import strategies as st

COUNTRIES = ["FR", "DE", "IT", "it's", "Côte d'Ivoire"]
NUMBERS = ["population", "height"]
COLUMNS = ["name", "country", "when", *NUMBERS]


def sql(text: str) -> str:
    """A text as CQL2 writes it."""
    return "'" + text.replace("'", "''") + "'"


column = st.sampled_from(COLUMNS)
number = st.sampled_from(NUMBERS)
figure = st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6, allow_nan=False)).map(repr)
text = st.one_of(st.sampled_from(COUNTRIES), st.text(st.characters(exclude_categories=["C"]), max_size=12))
leaf = st.one_of(
    st.builds("{} {} {}".format, number, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), figure),
    st.builds("country {} {}".format, st.sampled_from(["=", "<>", "<", "LIKE"]), text.map(sql)),
    st.builds("country IN ({})".format, st.lists(text.map(sql), min_size=1, max_size=3).map(",".join)),
    st.builds("CASEI(name) LIKE CASEI({})".format, text.map(sql)),
    st.builds("{} IS NULL".format, column),
    st.builds("NOT {} BETWEEN {} AND {}".format, number, figure, figure),
    st.sampled_from(["when > DATE('2020-02-29')", "when <= TIMESTAMP('2021-01-01T00:00:00Z')", "TRUE"]),
    st.builds("{} * {} + {} {} {}".format, number, figure, number, st.sampled_from(["<", ">=", "="]), figure),
    st.builds("abs({} - {}) > coalesce({}, {})".format, number, number, number, figure),
    st.builds("ACCENTI(CASEI(name)) = {}".format, text.map(sql)),
    st.sampled_from(["T_AFTER(when, DATE('2020-02-29'))", "T_DURING(INTERVAL(when,when), INTERVAL('..','2021-01-01'))", "weekday(when,'+02:00') > 4"]),
    st.just("S_INTERSECTS(geometry,BBOX(-10,-10,40,60))"),
    st.just("S_WITHIN(geometry,POLYGON((-10 -10,40 -10,40 60,-10 -10),(0 0,1 0,1 1,0 0)))"),
)
cql2 = st.recursive(leaf, lambda part: st.builds("({} {} {})".format, part, st.sampled_from(["AND", "OR"]), part), max_leaves=4)
day = st.dates(min_value=date(1990, 1, 1)).map(str)
interval = st.one_of(day, st.builds("{}/..".format, day), st.builds("../{}".format, day))
degrees = st.floats(-180, 180, allow_nan=False).map(lambda value: round(value, 6))
latitudes = st.lists(st.floats(-90, 90, allow_nan=False).map(lambda value: round(value, 6)), min_size=2, max_size=2).map(sorted)
bbox = st.builds(lambda west, east, lats: f"{west},{lats[0]},{east},{lats[1]}", degrees, degrees, latitudes)
of_numbers = st.sampled_from(["sum", "mean", "min", "max", "median", "p95", "p1", "nunique"])
measure = st.one_of(st.sampled_from(["count", "log_count", "mode:country", "nunique:name"]), st.builds("{}:{}".format, of_numbers, number))
measures = st.lists(measure, max_size=4, unique=True).map(",".join)
category = st.sampled_from(["country", "when:year", "when:quarter", "when:week", "when:month", "when:day", "when:day:Asia/Tokyo", "when:hour"])
columns = st.one_of(st.just("*"), st.lists(column, max_size=4, unique=True).map(",".join))
aliases = st.lists(st.sampled_from(["supercluster", "tippecanoe", "carto"]), min_size=1, unique=True).map(",".join)
# None has the name of another: as many as may be, and one more, can be put together.
let = st.sampled_from(
    ["share:population/1e6", "high:greatest(height,0) + 1", "year:year(when)", '"a, b":-height']
    + [f"more{number}:population + {number}" for number in range(40)]
)
lets = st.lists(let, max_size=3, unique=True).map(",".join)
query = st.fixed_dictionaries({}, optional={"let": lets, "filter": cql2, "bbox": bbox, "agg": measures, "by": category, "properties": columns, "alias": aliases}).map(urlencode)


@st.composite
def tile(draw):
    """A tile of the pyramid."""
    zoom = draw(st.integers(0, 22))
    across = st.integers(0, 2**zoom - 1)
    return f"{zoom}/{draw(across)}/{draw(across)}"


def token(text: str) -> str:
    """A query as unpadded base64url."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


for name, strategy in {
    "cql2": cql2,
    "ogc-interval": interval,
    "bbox": bbox,
    "tile": tile(),
    "h3-index": st.sampled_from(["8928308280fffff", "8009fffffffffff", "617700169958293503"]),
    "cell-id": st.sampled_from(["1", "4", "27", "341"]),
    "duotile-aliases": aliases,
    "duotile-category": category,
    "duotile-column": column,
    "duotile-columns": columns,
    "duotile-ordered-column": st.sampled_from([*NUMBERS, "when"]),
    "duotile-dataset": st.sampled_from(["places", "places", "places", "nowhere"]),
    "duotile-let": let,
    "duotile-lets": lets,
    "duotile-measure": measure,
    "duotile-measures": measures,
    "duotile-property": st.just("point_count"),
    "duotile-query": query,
    "duotile-token": query.map(token),
}.items():
    schemathesis.openapi.format(name, strategy)


IS_FRENCH = {"op": "=", "args": [{"property": "country"}, "FR"]}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Parameters that go together, which a description cannot say: of good requests only."""
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    query = case.query = case.query if case.query is not None else {}
    for given in (query, case.body if isinstance(case.body, dict) else {}):
        if given.get("filter-lang") == "cql2-json":
            given["filter"] = json.dumps(IS_FRENCH)
        elif isinstance(given.get("filter"), dict):
            given["filter"] = IS_FRENCH
            given.pop("filter-lang", None)
    for given in (query, case.body if isinstance(case.body, dict) else {}):
        # Cells of H3 have resolutions, and no mean place; the coarsest of these are at every zoom.
        if given.get("cell") != "h3":
            given.pop("res", None)
        elif isinstance(given.get("res"), int):
            given["res"] %= 4
        if given.get("cell") == "h3" and given.get("shape") == "centroid":
            given["shape"] = "polygon"
    if case.path.endswith("/stats"):
        if "measure" not in query:
            query.setdefault("column", "population")
        elif "column" in query:
            del query["measure"]
    place = case.path_parameters or {}
    if all(isinstance(place.get(name), int) for name in "zxy") and place["x"] % 2:
        # Half of the tiles are in the pyramid.
        place["x"], place["y"] = place["x"] % 2 ** place["z"], place["y"] % 2 ** place["z"]
