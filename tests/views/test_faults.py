"""Every fault that can reach a page is said in Italian, with its names and figures."""

import ast
import tomllib
from pathlib import Path

import pytest

import capillare
from capillare.geo.errors import CapillareError, named_rows
from capillare.geo.points import read_registry
from capillare.planning.scenario import Scenario, parse_scenario
from capillare.planning.siting.wishes import read_sites
from capillare.views.faults import CATALOGUE, UNTRANSLATED, Saying, in_italian, told

PACKAGE = Path(capillare.__file__).parent
ERRORS = {"DataError", "SourceError", "ConfigError", "InfeasibleError"}
OF_THE_COMMAND_LINE = (
    "commands/",
    "geo/sources/download.py",
    "geo/sources/fetching.py",
    "geo/sources/exchange.py",
    "geo/roads/",
    "planning/siting/",
    "publish/api/",
    "publish/folders.py",
    "publish/registry_folder.py",
    "publish/site/",
    "views/access/sign_in.py",
    "views/serving.py",
)
"""Doors that no page opens: analysts' tables, fetching, building roads and the site."""
OF_THE_PROGRAMMER = (
    "model: ",
    "model.",
    "{name}: {limit} is negative",
    "seasons: {name} has shape",
    "periodic: ",
    "routes: ",
    "source {name}: ",
)
"""Arguments that only our own code gives."""
AS_THEY_COME = {
    "{' '.join(problems)}",
    "{'\\n'.join((_refusal(entry) for entry in found))}",
    "{_why_nowhere(crews, out, back)}",
    "{path.name}: {what}, {named_rows(bad)}.",
    "{'; '.join(lines) + f\". Correct {('the table' if absent else 'these rows')}.\"}",
}
"""Sentences made elsewhere, each provoked below or in the catalogue."""


def words_of(node):
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}"
            for part in node.values
        )
    return "{" + ast.unparse(node) + "}"


def facts_of(node):
    if not isinstance(node, ast.JoinedStr):
        return str(node.value)
    return "".join(
        part.value if isinstance(part, ast.Constant) else f"{position}"
        for position, part in enumerate(node.values)
    )


def sentences():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith(OF_THE_COMMAND_LINE):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if called and node.func.id in ERRORS and node.args:
                said = words_of(node.args[0])
                if not said.startswith(OF_THE_PROGRAMMER) and said not in AS_THEY_COME:
                    yield pytest.param(node.args[0], id=f"{name}:{said[:60]}")


@pytest.mark.parametrize("node", list(sentences()))
def test_every_sentence_of_the_engine_has_its_italian(node):
    assert in_italian(facts_of(node)), f"data/faults_it.toml lacks: {words_of(node)}"


def test_no_fact_is_invented_and_none_of_rows_is_lost():
    chapters = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    for chapter in chapters.values():
        for english, italian in chapter.items():
            held = set(Saying.of(english, italian).pattern.groupindex)
            wanted = {part.split("}")[0] for part in italian.split("{")[1:]}
            assert wanted <= held, english
            assert held - wanted <= {
                "n",
                "fault",
                "codec",
                "byte",
                "position",
                "reason",
                "detail",
            } | {"objective", "install"}, english


@pytest.mark.parametrize(
    ("provoke", "italian"),
    [
        (
            lambda: Scenario(
                **parse_scenario(b'as_of = 2026-01-01\nnew_sites = 90000\nlang = "fr"', "a.toml")
            ),
            "Scenario: le nuove sedi, 90000, non sono fra 0 e 2000; lang 'fr' non è uno fra it, en. Correggi.",
        ),
        (
            lambda: parse_scenario(b"= 3", "a.toml"),
            (
                "Lo scenario a.toml non è un file TOML (riga 1, colonna 1). Correggilo lì: i testi "
                "stanno fra virgolette, i decimali hanno il punto, le date sono come 2026-01-31."
            ),
        ),
        (
            lambda: parse_scenario(b"budget_eur = '10'", "a.toml"),
            (
                'Nello scenario a.toml, budget_eur = "10" non è un numero, con il punto per i '
                "decimali. Correggilo."
            ),
        ),
        (
            lambda: read_sites({"people": "adult", "cover_share": 3}, where="sites"),
            (
                "Richieste sulle sedi: people: 'adult' non è uno fra adults, over65, mix (volevi dire 'adults'?); "
                "cover_share: 3 non è sopra 0 e al più 1. Correggi."
            ),
        ),
    ],
)
def test_faults_as_they_arise_are_italian(provoke, italian):
    with pytest.raises(CapillareError) as fault:
        provoke()
    assert told(fault.value) == italian


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK\x03\x04 not really", "non è una cartella di lavoro XLSX"),
        ("a.csv", b"pianeta,lune\nMarte,2\n", "nessuna tabella del registro ha queste colonne"),
        ("a.csv", b"", "è vuoto"),
        ("a.csv", b"\x00\x01\x02", "non è un file di testo"),
        ("a.csv", b"name,codice_fiscale\nx,RSSMRA80A01H501U\n", "Non è stato letto nulla"),
        ("a.csv", b"desk_id,name,name\n1,a,b\n", "si ripete name"),
        ("a.csv", b"PK\x03\x04", "è un file compresso"),
    ],
)
def test_files_that_are_refused_say_why_in_italian(tmp_path, tiny, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CapillareError) as fault:
        read_registry(path, tiny)
    assert said in told(fault.value)
    assert UNTRANSLATED not in told(fault.value)


def test_several_files_are_refused_in_a_paragraph_each():
    both = "a.csv: empty. Give a table with a header and its rows.\nb.csv: 1 sheets, at most 9. Split it."
    assert in_italian(both).count("\n\n") == 1


@pytest.mark.parametrize(
    ("english", "italian"),
    [
        (
            "a.xlsx: class is not A to F, 1 row [9].",
            "a.xlsx: la classe non va da A a F, 1 riga [9].",
        ),
        (
            "a.xlsx: minutes are no number, 1 row [9].",
            "a.xlsx: i minuti non sono un numero, 1 riga [9].",
        ),
        (
            "desks: columns absent: lat. Correct the table.",
            "desks: mancano le colonne lat. Correggi la tabella.",
        ),
        (
            (
                "tours: no place without a desk can be reached by road from any base. Move a base, "
                "lengthen the shift, or give a ferry day."
            ),
            (
                "Furgoni: nessuna località senza sportello si raggiunge su strada da una base. Sposta una "
                "base, allunga il turno, o indica un giorno di traghetto."
            ),
        ),
    ],
)
def test_sentences_put_together_elsewhere(english, italian):
    assert in_italian(english) == italian


def test_rows_keep_their_keys_and_lists_their_length():
    sentence = f"desks.lat: above 90, {named_rows(['a', 'b'])}; desks.status: not one of x, y, {named_rows('c')}. Correct these rows."
    assert in_italian(sentence) == (
        "desks.lat: sopra 90, 2 righe [a, b]; desks.status: non è uno fra x, y, 1 riga [c]. "
        "Correggi queste righe."
    )


def test_what_people_typed_is_no_place_for_another_fact():
    sentence = "{file}: {n} sheets, at most {most}. Split it."
    typed = sentence.format(file="{most}", n="1,234", most="9")
    assert in_italian(typed) == "{most}: ha 1.234 fogli, al più 9. Dividilo."


def test_a_sentence_that_nobody_translated_stands_behind_an_italian_one():
    assert told("nobody foresaw this") == f"{UNTRANSLATED} nobody foresaw this"
