from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from capillare.geo.errors import DataError, SourceError
from capillare.geo.given_travel import GivenTravel, MatrixUse
from capillare.geo.patched_travel import PatchedTravel, pair_bases
from capillare.geo.places import find_settlements
from capillare.geo.sources.matrices import read_matrix
from capillare.geo.travel import EstimatedTravel, Spots, spots_of

OWN = "from_id,to_id,travel_min\n"
ESTIMATE = EstimatedTravel(minutes_at_1_km=4.0, exponent=1.0)
FLORENCE, PISA, SIENA = "048017", "050026", "052032"


def _write(folder: Path, text: str, name: str = "mine.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _given(folder: Path, rows: str, known: str = "a b c x y") -> GivenTravel:
    return GivenTravel(read_matrix(_write(folder, OWN + rows)), known.split())


def _spots(*names: str) -> Spots:
    """Positions a kilometre apart on one line, in the sea off every town."""
    xy_m = np.column_stack([np.arange(len(names)) * 1000.0, np.zeros(len(names))])
    return Spots(np.array(names, dtype=str), xy_m, np.zeros(len(names), dtype=np.int64))


def _towns(*codes: str) -> Spots:
    towns = find_settlements().query("is_chief_town").set_index("istat_code", drop=False)
    return spots_of(towns.loc[list(codes)], id_column="place_id")


def test_listed_pairs_and_no_others(tmp_path: Path):
    given = _given(tmp_path, "a,x,5\na,y,30\nb,y,0\n")
    pairs = given.pairs(_spots("a", "b"), _spots("x", "y"), max_min=30)
    assert list(zip(pairs.origin, pairs.destination, pairs.travel_min, strict=True)) == [
        (0, 0, 5.0),
        (0, 1, 30.0),
        (1, 1, 0.0),
    ]
    assert given.pairs(_spots("a"), _spots("x", "y"), max_min=29.99).travel_min.tolist() == [5.0]
    assert given.basis == "given"


def test_nearest_has_no_cut_off_and_ties_go_to_the_lower_row(tmp_path: Path):
    given = _given(tmp_path, "a,x,500\na,y,500\nb,y,1\n")
    nearest = given.nearest(_spots("a", "b", "c"), _spots("y", "x"))
    assert nearest.destination.tolist() == [0, 0, -1]
    assert nearest.travel_min[:2].tolist() == [500, 1]
    assert np.isnan(nearest.travel_min[2])


def test_a_candidate_answers_for_its_place(tmp_path: Path):
    given = _given(tmp_path, "a,b,7\n")
    assert given.pairs(_spots("a"), _spots("c-b"), max_min=60).travel_min.tolist() == [7.0]


def test_what_the_matrix_does_not_know_is_left_to_the_estimate(tmp_path: Path):
    patched = PatchedTravel(_given(tmp_path, "a,x,5\nb,y,9\n"), ESTIMATE)
    origins, ends = _spots("a", "b", "stranger"), _spots("x", "y", "new")
    pairs = patched.pairs(origins, ends, max_min=1e6)
    table = np.full(pairs.shape, np.nan)
    table[pairs.origin, pairs.destination] = pairs.travel_min
    # a to y and b to x join known ends and are not listed: out of reach, not estimated.
    expected = [[5, np.nan, 8], [np.nan, 9, 4], [8, 4, 0]]
    np.testing.assert_array_equal(table, expected)
    nearest = patched.nearest(origins, ends)
    assert nearest.destination.tolist() == [0, 2, 2]
    assert nearest.travel_min.tolist() == [5, 4, 0]
    each = pair_bases(patched, _spots("a", "b", "stranger"), _spots("x", "new", "y"))
    assert each.tolist() == ["given", "estimated", "estimated"]
    assert pair_bases(ESTIMATE, origins, ends).tolist() == ["estimated"] * 3


def test_patched_travel_agrees_with_itself(tmp_path: Path):
    """The nearest is the least of all pairs, whatever each source knows."""
    rng = np.random.default_rng(11)
    names = [f"p{number}" for number in range(30)]
    legs = [f"{a},{b},{rng.integers(0, 60)}" for a in names[:20] for b in names[10:] if a < b]
    given = _given(tmp_path, "\n".join(legs) + "\n", " ".join(names))
    xy_m = rng.uniform(0, 20_000, (30, 2))
    spots = Spots(np.array(names), xy_m, np.zeros(30, dtype=np.int64))
    patched = PatchedTravel(given, ESTIMATE)
    pairs = patched.pairs(spots, spots, max_min=1e6)
    assert len(set(zip(pairs.origin.tolist(), pairs.destination.tolist(), strict=True))) == (
        pairs.origin.size
    )
    table = np.full(pairs.shape, np.inf)
    table[pairs.origin, pairs.destination] = pairs.travel_min
    nearest = patched.nearest(spots, spots)
    np.testing.assert_array_equal(nearest.travel_min, table.min(axis=1))
    np.testing.assert_array_equal(nearest.destination, table.argmin(axis=1))


ISTAT_2013 = (
    "Name;Origine;Destinazione;Total_Minu;Total_Mete\n"
    "48017 - 50026;48017;50026;71,25;84000,00\n"
    "48017 - 52032;48017;52032;64,5;72000,00\n"
    "50026 - 48017;50026;48017;70;83000,00\n"
)
ISTAT_BY_SIDE = (
    "PRO_COM_ORIG,COMUNE_ORIG,PRO_COM_DEST,COMUNE_DEST,DISTANZA_KM,TEMPO_MIN\n"
    "048017,Firenze,050026,Pisa,84.0,71.25\n"
    "048017,Firenze,052032,Siena,72.0,64.5\n"
    "050026,Pisa,048017,Firenze,83.0,70\n"
)


@pytest.mark.parametrize(("text", "ending"), [(ISTAT_2013, "txt"), (ISTAT_BY_SIDE, "csv")])
def test_istat_s_minutes_join_chief_towns(tmp_path: Path, text: str, ending: str):
    matrix = read_matrix(_write(tmp_path, text, f"Toscana.{ending}"))
    assert matrix.is_by_municipality
    given = GivenTravel(matrix, [])
    assert given.use == MatrixUse(n_pairs=3, n_ids=3, n_unknown_ids=0, n_merged_codes=0)
    towns = _towns(FLORENCE, PISA, SIENA)
    pairs = given.pairs(towns, towns, max_min=600)
    assert pairs.travel_min.tolist() == [71.25, 64.5, 70.0]
    assert pairs.destination.tolist() == [1, 2, 0]
    # A desk half a kilometre from the chief town stands at it; one 3 km away does not.
    near = Spots(np.array(["d1"]), towns.xy_m[1:2] + 350.0, np.zeros(1, dtype=np.int64))
    away = Spots(np.array(["d2"]), towns.xy_m[1:2] + 2200.0, np.zeros(1, dtype=np.int64))
    florence = Spots(towns.ids[:1], towns.xy_m[:1], towns.landmass[:1])
    assert given.pairs(florence, near, max_min=600).travel_min.tolist() == [71.25]
    assert not given.answers(florence, away).any()


def test_inside_a_municipality_the_matrix_is_silent_unless_it_says(tmp_path: Path):
    given = GivenTravel(read_matrix(_write(tmp_path, ISTAT_2013)), [])
    florence = _towns(FLORENCE)
    desk = Spots(
        np.array(["d1"]), florence.xy_m + np.array([0.0, 500.0]), np.zeros(1, dtype=np.int64)
    )
    assert not given.answers(florence, desk).any()
    patched = PatchedTravel(given, ESTIMATE)
    assert patched.pairs(florence, desk, max_min=60).travel_min.tolist() == [2.0]
    assert patched.nearest(florence, desk).travel_min.tolist() == [2.0]
    said = ISTAT_2013 + "48017 - 48017;48017;48017;6;1000\n"
    spoken = GivenTravel(read_matrix(_write(tmp_path, said)), [])
    assert spoken.answers(florence, desk).all()
    assert PatchedTravel(spoken, ESTIMATE).nearest(florence, desk).travel_min.tolist() == [6.0]


def test_codes_of_merged_municipalities_are_not_guessed(tmp_path: Path):
    """Two municipalities became 012144 in 2023: which of them speaks for it is not known."""
    rows = "Origine;Destinazione;Minuti\n12009;48017;300\n12018;48017;310\n50026;48017;70\n99;48017;1\n"
    use = GivenTravel(read_matrix(_write(tmp_path, rows)), []).use
    assert use == MatrixUse(n_pairs=1, n_ids=2, n_unknown_ids=1, n_merged_codes=2)


def test_parquet_is_read_too(tmp_path: Path):
    path = tmp_path / "mine.parquet"
    frame = pd.DataFrame({"from_id": ["a"], "to_id": ["x"], "travel_min": [5.5]})
    frame.to_parquet(path)
    assert read_matrix(path).legs.to_numpy().tolist() == [["a", "x", 5.5]]
    codes = pd.DataFrame({"origine": [48017], "destinazione": [50026], "minuti": [71]})
    codes.to_parquet(path)
    given = GivenTravel(read_matrix(path), [])
    assert given.pairs(_towns(FLORENCE), _towns(PISA), max_min=90).travel_min.tolist() == [71.0]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("a,x,\nb,x,3\n", r"no minutes, 1 row \[a→x\]"),
        ("a,x,-4\nb,x,3\n", r"negative minutes, 1 row \[a→x\]"),
        ("a,x,NaN\nb,x,inf\n", r"not a number, 2 rows \[a→x, b→x\]"),
        ("a,x,ten\n", r"not a number, 1 row \[a→x\]"),
        ("a,x,1441\n", r"more than a day, 1 row \[a→x\]"),
        ("a,x,5\na,x,6\n", r"twice with different minutes, 1 row \[a→x\]"),
        (",x,5\n", "an id is missing"),
        ("a,x\n", "no minutes"),
        ("a,x,-4\nb,x,\n", r"no minutes.*negative minutes"),
    ],
)
def test_null_and_absurd_cells_are_refused_with_their_pairs(
    tmp_path: Path, rows: str, sentence: str
):
    with pytest.raises(DataError, match=sentence):
        read_matrix(_write(tmp_path, OWN + rows))


def test_the_same_pair_twice_with_the_same_minutes_is_one(tmp_path: Path):
    given = _given(tmp_path, "a,x,5\na,x,5\na,x,5.0\n")
    assert given.use.n_pairs == 1
    assert given.pairs(_spots("a"), _spots("x"), max_min=9).travel_min.tolist() == [5.0]


def test_a_day_is_the_most(tmp_path: Path):
    assert _given(tmp_path, "a,x,1440\n").use.n_pairs == 1


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("", SourceError, "empty"),
        (OWN, DataError, "holds no pair"),
        ("a,b\n1,2\n", DataError, "no column is from_id"),
        ("orig_a,orig_b,dest,minuti\nx,y,z,1\n", DataError, "several columns may be from_id"),
        (OWN + "a,x,5,6,7\n", SourceError, "cannot be read"),
        (OWN + 'a,"x,5\n', SourceError, "cannot be read"),
        ("\0\1", SourceError, "not a text file"),
    ],
)
def test_what_is_no_matrix_is_refused(tmp_path: Path, text: str, kind: type, sentence: str):
    with pytest.raises(kind, match=sentence):
        read_matrix(_write(tmp_path, text))


def test_other_files_are_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="no such file"):
        read_matrix(tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="cannot be read"):
        read_matrix(_write(tmp_path, OWN + "a,x,5\n", "text.parquet"))
    with pytest.raises(DataError, match="none of its 1 pairs"):
        _given(tmp_path, "nobody,nowhere,5\n")


def test_windows_text_and_its_separators(tmp_path: Path):
    path = _write(tmp_path, "from_id;to_id;travel_min\nà;x;5,5\n", encoding="cp1252")
    assert read_matrix(path).legs.to_numpy().tolist() == [["à", "x", 5.5]]
    marked = _write(tmp_path, "\ufefffrom_id\tto_id\ttravel_min\r\na\tx\t5\r\n")
    assert read_matrix(marked).legs.to_numpy().tolist() == [["a", "x", 5.0]]
