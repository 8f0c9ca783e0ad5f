"""A user's registry: each fault by file, line and column, and the good rows go on."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.errors import DataError
from capillare.geo.points import fault_lines, read_registry
from capillare.geo.schema import DESKS, REGISTRY_TABLES

DESK = {
    "desk_id": "d1",
    "network": "pdf",
    "kind": "main",
    "name": "Sportello Uno",
    "istat_code": "090001",
    "status": "active",
}
OTHERS = [
    {**DESK, "desk_id": "d2", "name": "Biblioteca", "istat_code": "090002"},
    {**DESK, "desk_id": "d3", "name": "Municipio", "istat_code": "090003"},
]


def write(folder, rows, name="desks.csv"):
    folder.mkdir(exist_ok=True)
    pd.DataFrame(rows).to_csv(folder / name, index=False)
    return folder / name


def middle(tiny, code):
    own = tiny.municipalities.set_index("istat_code").loc[code]
    return own["lat"], own["lon"]


def test_a_good_file_has_nothing_to_say(tmp_path, tiny):
    registry = read_registry(write(tmp_path, [DESK, *OTHERS]), tiny)
    assert registry.desks["desk_id"].tolist() == ["d1", "d2", "d3"]
    assert registry.desks["position_basis"].eq("chief_town").all()
    assert registry.faults.empty
    assert registry.name == "desks.csv"
    assert len(registry.services) > 0
    assert registry.venues.empty


SPOILED = [
    ("istat_code", "999999", "codice ISTAT sconosciuto"),
    ("istat_code", "", "manca un dato necessario"),
    ("status", "boh", "voce non prevista"),
    ("name", "  ", "manca un dato necessario"),
    ("name", "#N/D", "errore di un foglio di calcolo"),
    ("lat", "NaN", "non è un numero finito"),
    ("lon", "inf", "non è un numero finito"),
    ("lat", "43.5", "manca lon"),
    ("n_desks", "0", "non è un numero intero da 1"),
    ("valid_from", "31/02/2025", "data impossibile"),
    ("by_appointment", "forse", "né sì né no"),
    ("desk_id", "d 1", "forma non ammessa"),
]


@pytest.mark.parametrize(("column", "spoiled", "problem"), SPOILED)
def test_a_bad_cell_refuses_its_row_alone(tmp_path, tiny, column, spoiled, problem):
    path = write(tmp_path, [OTHERS[0], {**DESK, column: spoiled}, OTHERS[1]])
    registry = read_registry(path, tiny)
    assert registry.desks["desk_id"].tolist() == ["d2", "d3"]
    refused = registry.faults[registry.faults["is_refused"]]
    assert refused["file"].tolist() == ["desks.csv"]
    assert refused["line"].tolist() == [3]
    assert problem in refused["problem"].iloc[0]
    assert refused["what_to_do"].str.endswith(".").all()


def test_every_bad_cell_of_a_row_is_named(tmp_path, tiny):
    bad = {**DESK, "status": "boh", "kind": "boh", "istat_code": "1"}
    registry = read_registry(write(tmp_path, [bad, *OTHERS]), tiny)
    assert sorted(registry.faults["column"]) == ["istat_code", "kind", "status"]


def test_coordinates_outside_the_municipality_name_where_they_fall(tmp_path, tiny):
    lat, lon = middle(tiny, "090002")
    registry = read_registry(write(tmp_path, [{**DESK, "lat": lat, "lon": lon}, *OTHERS]), tiny)
    (fault,) = registry.faults.itertuples()
    assert fault.problem == "coordinate fuori da Comune 1: cade in Comune 2"
    assert fault.is_refused
    assert registry.desks["desk_id"].tolist() == ["d2", "d3"]


def test_coordinates_in_the_sea_are_refused(tmp_path, tiny):
    registry = read_registry(write(tmp_path, [{**DESK, "lat": 0, "lon": 0}, *OTHERS]), tiny)
    assert registry.faults["problem"].tolist() == ["coordinate fuori da Comune 1"]


def test_swapped_coordinates_are_put_right_and_noted(tmp_path, tiny):
    lat, lon = middle(tiny, "090001")
    registry = read_registry(write(tmp_path, [{**DESK, "lat": lon, "lon": lat}]), tiny)
    desk = registry.desks.iloc[0]
    assert (desk["lat"], desk["lon"]) == pytest.approx((lat, lon))
    assert desk["position_basis"] == "given"
    assert registry.faults["is_refused"].tolist() == [False]
    assert "scambiate" in registry.faults["problem"].iloc[0]


def test_repeated_ids_keep_the_first(tmp_path, tiny):
    again = {**OTHERS[0], "desk_id": "d1"}
    registry = read_registry(write(tmp_path, [DESK, OTHERS[1], again, again]), tiny)
    assert registry.desks["name"].tolist() == ["Sportello Uno", "Municipio"]
    assert registry.faults["line"].tolist() == [4, 5]
    assert registry.faults["problem"].tolist() == ["già usato, si tiene la riga 2"] * 2


def test_repeated_ids_across_files_name_the_file_that_is_kept(tmp_path, tiny):
    write(tmp_path, [DESK], "a.csv")
    write(tmp_path, [DESK], "b.csv")
    registry = read_registry(tmp_path, tiny)
    assert len(registry.desks) == 1
    assert registry.faults["problem"].tolist() == ["già usato, si tiene la riga 2 di a.csv"]


def test_conversions_are_noted_once_for_each_way(tmp_path, tiny):
    lat, lon = (str(degrees).replace(".", ",") for degrees in middle(tiny, "090001"))
    rows = [
        {
            **DESK,
            "desk_id": f"d{n}",
            "name": f"Sede {n}",
            "lat": lat,
            "lon": lon,
            "status": "Attivo",
        }
        for n in range(3)
    ]
    registry = read_registry(write(tmp_path, rows), tiny)
    assert len(registry.desks) == 3
    assert not registry.faults["is_refused"].any()
    notes = registry.faults.set_index("column")["problem"]
    assert notes["lat"] == "virgola decimale letta come punto (3 celle, la prima qui)"
    assert notes["status"] == "letto come active (3 celle, la prima qui)"
    assert registry.faults["line"].eq(2).all()


def test_apostrophes_of_a_spreadsheet_are_taken_off(tmp_path, tiny):
    registry = read_registry(
        write(tmp_path, [{**DESK, "name": "'=SUM(A1)", "note": "''-x", "locality": "'Ndrangh"}]),
        tiny,
    )
    desk = registry.desks.iloc[0]
    assert desk["name"] == "=SUM(A1)"
    assert desk["note"] == "'-x"
    assert desk["locality"] == "'Ndrangh"


def test_unreadable_hours_keep_the_desk_as_unknown(tmp_path, tiny):
    rows = [
        {**DESK, "opening_hours": "ogni secondo martedì", "note": "piano terra"},
        {**OTHERS[0], "opening_hours": "lun-ven 9-13"},
        {**OTHERS[1], "opening_hours": ""},
    ]
    registry = read_registry(write(tmp_path, rows), tiny)
    assert registry.desks["hours_basis"].tolist() == ["unreadable", "stated", "unknown"]
    assert registry.desks["opening_hours"].fillna("").tolist() == ["", "Mo-Fr 09:00-13:00", ""]
    assert registry.desks["note"].iloc[0] == (
        "piano terra; Orario da verificare: ogni secondo martedì"
    )
    assert registry.desks["note"].isna().tolist() == [False, True, True]
    assert registry.faults["is_refused"].tolist() == [False, False]
    assert registry.faults["line"].tolist() == [2, 3]


def test_merged_municipalities_are_read_as_the_new_one(tmp_path, tuscany):
    rows = [
        {**DESK, "desk_id": "a", "istat_code": "48017", "name": "Firenze"},
        {**DESK, "desk_id": "b", "istat_code": "048045", "name": "Tavarnelle"},
    ]
    members = pd.DataFrame({"entity_id": "e", "istat_code": ["048003", "048045", "048054"]})
    write(tmp_path, rows)
    write(
        tmp_path, [{"entity_id": "e", "entity": "Unione", "entity_kind": "Unione"}], "entities.csv"
    )
    write(tmp_path, members, "entity_members.csv")
    registry = read_registry(tmp_path, tuscany)
    assert registry.desks["istat_code"].tolist() == ["048017", "048054"]
    assert registry.entity_members["istat_code"].tolist() == ["048054"]
    assert not registry.faults["is_refused"].any()


def test_links_to_what_is_not_there_are_refused_in_cascade(tmp_path, tiny):
    point = {
        "point_id": "p1",
        "point": "Punto",
        "entity_id": "e1",
        "entity_basis": "stated",
        "status": "active",
    }
    write(
        tmp_path,
        [{"entity_id": "e1", "entity": "Ente", "entity_kind": "municipality"}],
        "entities.csv",
    )
    write(
        tmp_path,
        [point, {**point, "point_id": "p2", "entity_id": "e9"}, {**point, "point_id": "p3"}],
        "points.csv",
    )
    desks = [
        {**DESK, "point_id": "p1"},
        {**OTHERS[0], "point_id": "p2"},
        {**OTHERS[1], "point_id": "p9"},
        {**OTHERS[1], "desk_id": "d4", "point_id": "", "network": "bottega_salute"},
    ]
    write(tmp_path, desks)
    registry = read_registry(tmp_path, tiny)
    assert registry.points["point_id"].tolist() == ["p1", "p3"]
    assert registry.desks["desk_id"].tolist() == ["d1", "d4"]
    problems = dict(
        zip(
            registry.faults["file"] + registry.faults["line"].astype("str"),
            registry.faults["problem"],
            strict=True,
        )
    )
    assert problems == {
        "points.csv3": "non c'è nella tabella entities",
        "desks.csv3": "la sua riga in points è stata rifiutata",
        "desks.csv4": "non c'è nella tabella points",
    }


def test_desks_alone_keep_their_points_ids(tmp_path, tiny):
    registry = read_registry(write(tmp_path, [{**DESK, "point_id": "p1"}]), tiny)
    assert registry.desks["point_id"].tolist() == ["p1"]
    assert registry.points.empty
    assert registry.faults["problem"].tolist() == [
        "tabella points non data: degli sportelli vale il loro stato, senza punto"
    ]


def test_points_alone_get_bodies_that_are_only_named(tmp_path, tiny):
    point = {
        "point_id": "p1",
        "point": "Punto",
        "entity_id": "e1",
        "entity_basis": "stated",
        "application_id": "a1",
        "status": "active",
    }
    registry = read_registry(write(tmp_path, [point], "points.csv"), tiny)
    assert registry.entities["entity_id"].tolist() == ["e1"]
    assert registry.points["application_id"].isna().all()
    assert len(registry.faults) == 2


def test_desks_outside_the_territory_are_left_aside_with_a_note(tmp_path, tiny):
    away = {**DESK, "desk_id": "d9", "istat_code": "058091"}
    registry = read_registry(write(tmp_path, [DESK, away]), tiny)
    assert registry.desks["desk_id"].tolist() == ["d1"]
    assert registry.caveats == ("1 sportello del registro sta fuori dal territorio scelto.",)
    assert registry.faults["is_refused"].tolist() == [False]


def test_italian_headers_are_recognised(tmp_path, tiny):
    titles = {name: DESKS.titles_it[name].upper() for name in DESK}
    path = write(tmp_path, [{titles[name]: cell for name, cell in DESK.items()}], "elenco.csv")
    assert read_registry(path, tiny).desks["desk_id"].tolist() == ["d1"]


def test_unknown_columns_are_ignored_and_named(tmp_path, tiny):
    registry = read_registry(write(tmp_path, [{**DESK, "opening_hour": "lun-ven 9-13"}]), tiny)
    assert registry.faults["problem"].tolist() == [
        "colonna non prevista, ignorata (intendevi opening_hours?)"
    ]


def test_a_desks_table_without_its_ids_is_refused_by_name(tmp_path, tiny):
    rows = [{name: cell for name, cell in DESK.items() if name != "desk_id"}]
    with pytest.raises(
        DataError, match=r"elenco\.csv: a table desks without 1 needed column, desk_id"
    ):
        read_registry(write(tmp_path, rows, "elenco.csv"), tiny)


def test_an_unknown_file_is_refused_with_the_closest_table(tmp_path, tiny):
    with pytest.raises(DataError, match="no table of the registry; the closest is"):
        read_registry(write(tmp_path, [{"a": 1, "b": 2}], "x.csv"), tiny)


def test_an_unknown_file_among_others_is_a_fault(tmp_path, tiny):
    write(tmp_path, [DESK])
    write(tmp_path, [{"a": 1}], "boh.csv")
    write(tmp_path, [{"point_id": 1, "point": "x", "status": "active"}], "points.csv")
    registry = read_registry(tmp_path, tiny)
    assert registry.desks["desk_id"].tolist() == ["d1"]
    refused = registry.faults[registry.faults["is_refused"]].set_index("file")["problem"]
    assert "la più simile è" in refused["boh.csv"]
    assert "entity_id, entity_basis" in refused["points.csv"]


def test_ragged_lines_are_faults(tmp_path, tiny):
    path = write(tmp_path, [DESK, *OTHERS])
    path.write_text(path.read_text() + "x,y\n")
    registry = read_registry(path, tiny)
    assert len(registry.desks) == 3
    assert registry.faults[["line", "is_refused"]].to_numpy().tolist() == [[5, True]]


@pytest.mark.parametrize(
    "extra",
    [
        {"codice_fiscale": ""},
        {"CF": "x"},
        {"Cognome": "Rossi"},
        {"Nome cittadino": "Mario"},
        {"telefono utente": "055"},
        {"note": "chiamare rssmra80a01h501u domani"},
        {"note": "RSS MRA 80A01 H501U"},
        {"boh": "RSSMRA80A01H501U"},
    ],
)
def test_data_about_citizens_refuse_the_whole_import(tmp_path, tiny, extra):
    with pytest.raises(DataError, match="Nothing was read") as raised:
        read_registry(write(tmp_path, [{**DESK, **extra}, *OTHERS]), tiny)
    assert "MRA" not in str(raised.value).upper()


def test_data_about_citizens_are_seen_in_files_that_are_no_table(tmp_path, tiny):
    write(tmp_path, [DESK])
    write(tmp_path, [{"a": "RSSMRA80A01H501U"}], "altro.csv")
    with pytest.raises(DataError, match=r"altro\.csv: tax codes in column a, 1 row \[line 2\]"):
        read_registry(tmp_path, tiny)


def test_a_workbook_with_other_sheets(tmp_path, tiny):
    book = openpyxl.Workbook()
    book.active.title = "Leggimi"
    book.active.append(["Come si compila questo foglio"])
    sheet = book.create_sheet("Sportelli")
    sheet.append([*DESK, "valid_from"])
    sheet.append([*DESK.values(), pd.Timestamp("2025-03-01").to_pydatetime()])
    sheet.append([*OTHERS[0].values(), "31/02/2025"])
    path = tmp_path / "registro.xlsx"
    book.save(path)
    registry = read_registry(path, tiny)
    assert registry.desks["valid_from"].tolist() == ["2025-03-01"]
    refused = registry.faults[registry.faults["is_refused"]]
    assert refused["file"].tolist() == ["registro.xlsx [Sportelli]"]
    assert refused["line"].tolist() == [3]


def test_like_desks_near_each_other_are_noted(tmp_path, tiny):
    lat, lon = middle(tiny, "090001")
    rows = [
        {**DESK, "lat": lat, "lon": lon, "name": "Biblioteca comunale"},
        {**DESK, "desk_id": "d2", "lat": lat + 0.001, "lon": lon, "name": "Biblioteca Comunale."},
        {**DESK, "desk_id": "d3", "lat": lat + 0.01, "lon": lon, "name": "Biblioteca comunale"},
        {**DESK, "desk_id": "d4", "address": "Via Roma, 1", "name": "Circolo Arci"},
        {**DESK, "desk_id": "d5", "address": "via roma 1", "name": "Circolo ARCI"},
        {**DESK, "desk_id": "d6", "address": "via roma 1", "name": "Municipio"},
        {**DESK, "desk_id": "d7", "address": "via milano 1", "name": "Sportello 1"},
        {**DESK, "desk_id": "d8", "address": "via milano 1", "name": "Sportello 2"},
    ]
    registry = read_registry(write(tmp_path, rows), tiny)
    assert len(registry.desks) == 8
    alike = registry.faults[registry.faults["problem"].str.contains("stesso sportello")]
    assert alike["line"].tolist() == [3, 6]
    assert "come d1, riga 2" in alike["problem"].iloc[0]
    assert "come d4, riga 5" in alike["problem"].iloc[1]


def test_fault_lines_say_where_what_and_what_to_do(tmp_path, tiny):
    registry = read_registry(write(tmp_path, [{**DESK, "istat_code": "999999"}, *OTHERS]), tiny)
    (line,) = fault_lines(registry.faults)
    assert line == (
        "desks.csv, riga 2 istat_code «999999»: codice ISTAT sconosciuto. "
        "Cerca il comune nell'elenco ISTAT e scrivi il suo codice di sei cifre."
    )


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(6)))
def test_row_order_is_irrelevant(tmp_path_factory, tiny, order):
    rows = [
        DESK,
        *OTHERS,
        {**DESK, "desk_id": "d4", "status": "boh"},
        {**DESK, "desk_id": "d5", "istat_code": "90004", "name": "Quinto"},
        {**DESK, "desk_id": "d6", "opening_hours": "lun-ven 9-13", "name": "Sesto"},
    ]
    folder = tmp_path_factory.mktemp("ordine")
    shuffled = read_registry(write(folder, [rows[place] for place in order]), tiny)
    straight = read_registry(write(folder, rows), tiny)
    pd.testing.assert_frame_equal(
        shuffled.desks.sort_values("desk_id", ignore_index=True),
        straight.desks.sort_values("desk_id", ignore_index=True),
    )
    assert sorted(shuffled.faults["problem"]) == sorted(straight.faults["problem"])


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "090001", "43,5", "NaN", "active", "=1", "31/02/2025", "lun-ven 9-13"]),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(DESKS.names), CELL), max_size=5))
def test_arbitrary_cells_never_break_the_intake(tmp_path_factory, tiny, spoiled):
    folder = tmp_path_factory.mktemp("celle")
    rows = [{**DESK, "desk_id": f"x{n}", **cells} for n, cells in enumerate(spoiled)]
    rows = [
        {name: cell.replace("\0", "").replace("\r", "") for name, cell in row.items()}
        for row in rows
    ]
    registry = read_registry(write(folder, [*OTHERS, *rows]), tiny)
    assert {"d2", "d3"} <= set(registry.desks["desk_id"])
    DESKS.check(registry.desks)


def test_the_packaged_registry_as_a_users_folder_reads_the_same(tmp_path, tuscany):
    from capillare.geo.sources.reference import reference_file

    for table in REGISTRY_TABLES:
        (tmp_path / f"{table.name}.csv").write_bytes(reference_file(table).read_bytes())
    given_again, packaged = read_registry(tmp_path, tuscany), read_registry(None, tuscany)
    assert not given_again.faults["is_refused"].any()
    for table in REGISTRY_TABLES:
        pd.testing.assert_frame_equal(
            getattr(given_again, table.name), getattr(packaged, table.name)
        )
