"""The packaged policy is the programme's, and no policy is half read."""

from __future__ import annotations

import copy
import tomllib
from dataclasses import FrozenInstanceError, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.errors import ConfigError
from capillare.geo.publication_rules import PublicationRules
from capillare.geo.settings import (
    INDICATORS,
    POLICY_FILE,
    Bands,
    Catchment,
    PointRules,
    Settings,
    read_policy,
)

PACKAGED = tomllib.loads(POLICY_FILE.read_text(encoding="utf-8"))


def toml(rules):
    """Write nested rules as TOML, enough for a policy."""
    own = [f"{name} = {scalar(entry)}" for name, entry in rules.items() if not is_table(entry)]
    for name, entry in rules.items():
        if isinstance(entry, dict):
            inner = {n: e for n, e in entry.items() if isinstance(e, dict)}
            own += [f"[{name}]", toml({n: e for n, e in entry.items() if n not in inner})]
            own += [line for n, e in inner.items() for line in (f"[{name}.{n}]", toml(e))]
        elif is_table(entry):
            own += [line for piece in entry for line in (f"[[{name}]]", toml(piece))]
    return "\n".join(own) + "\n"


def is_table(entry):
    return isinstance(entry, dict) or (
        isinstance(entry, list) and bool(entry) and isinstance(entry[0], dict)
    )


def scalar(entry):
    if isinstance(entry, list):
        return f"[{', '.join(scalar(piece) for piece in entry)}]"
    if isinstance(entry, bool):
        return str(entry).lower()
    return entry.raw if isinstance(entry, Raw) else repr(entry)


class Raw:
    """TOML to be written as it stands."""

    def __init__(self, raw):
        self.raw = raw


@pytest.fixture
def policy_file(tmp_path):
    """Return a function that writes the packaged policy with one entry changed."""

    def write(where, entry):
        rules = copy.deepcopy(PACKAGED)
        *parents, last = where
        section = rules
        for parent in parents:
            section = section[parent]
        if entry is None:
            del section[last]
        else:
            section[last] = entry
        path = tmp_path / "mine.toml"
        path.write_text(toml(rules), encoding="utf-8")
        return path

    return write


def test_the_packaged_policy_is_the_programmes():
    policy = read_policy()
    assert policy.region == "09"
    assert policy.bands.to_residents == (
        1_000, 2_000, 3_000, 4_000, 5_000, 10_000, 20_000, 50_000, 100_000
    )  # fmt: skip
    assert policy.bands.target_citizens == (
        100, 150, 300, 400, 600, 1_000, 1_800, 1_900, 2_000, 2_500
    )  # fmt: skip
    assert policy.bands.ambiguous_residents == (1_000, 50_000)
    first, extension = policy.campaigns
    assert policy.first_campaign is first
    assert (first.n_points, first.target_citizens, first.target_services) == (169, 136_000, 204_000)
    assert (first.budget_eur, first.ends_on) == (7_451_103, "2025-12-31")
    assert first.renewal_line_share is None
    assert (extension.n_points, extension.target_citizens) == (119, 170_000)
    assert extension.renewal_line_share == 0.20
    assert extension.n_points / 170 == 0.70
    assert policy.point.weekly_hours == 24
    assert policy.point.cost_eur == 30_000 + 9_000
    assert policy.reach.within_min == 20
    assert policy.catchment.zone_min == (10, 20, 30)
    assert policy.catchment.zone_weight == (1, 0.68, 0.22)
    assert policy.inner_areas.cuts_min == (27.7, 40.9, 66.9)
    assert policy.inner_areas.ranked_classes == ("D", "E", "F", "E-F")
    assert set(policy.gaps.weights) == set(INDICATORS)


def test_every_rule_has_a_source():
    policy = read_policy()
    sections = [policy, policy.bands, *policy.campaigns, policy.point, policy.reach,
                policy.catchment, policy.inner_areas, policy.gaps]  # fmt: skip
    assert all(section.source.strip() for section in sections)


def test_the_packaged_policy_written_again_reads_the_same(policy_file):
    assert read_policy(policy_file(["title"], PACKAGED["title"])) == read_policy()


def test_rules_are_frozen():
    with pytest.raises(FrozenInstanceError):
        read_policy().reach.within_min = 15


@pytest.mark.parametrize(
    ("where", "nearest"),
    [
        (["helplin"], "helpline"),
        (["bands", "to_resident"], "to_residents"),
        (["campaigns", 0, "n_point"], "n_points"),
        (["reach", "withn_min"], "within_min"),
    ],
)
def test_an_unknown_key_names_the_nearest(policy_file, where, nearest):
    with pytest.raises(
        ConfigError, match=rf"unknown key '{where[-1]}'\. Did you mean '{nearest}'\?"
    ):
        read_policy(policy_file(where, 1))


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (["region"], r"policy mine\.toml: missing region"),
        (["bands"], r"policy mine\.toml: missing bands"),
        (["reach", "within_min"], r"policy mine\.toml \[reach\]: missing within_min"),
        (["campaigns", 1, "ends_on"], r"policy mine\.toml \[campaigns\] 2: missing ends_on"),
        (["gaps", "weights"], r"policy mine\.toml \[gaps\]: missing weights"),
    ],
)
def test_a_missing_rule_is_named(policy_file, where, sentence):
    with pytest.raises(ConfigError, match=sentence):
        read_policy(policy_file(where, None))


BROKEN = [
    (["title"], 3, "policy: title: 3 is not a text"),
    (["region"], 9, "policy: region: 9 is not a text"),
    (["region"], "9", "policy: region: '9' is not like 09, or all"),
    (["region"], "toscana", "region: 'toscana' is not like"),
    (["source_date"], "March 2024", "source_date: 'March 2024' is not like 2026"),
    (["caveats"], "one", "caveats: 'one' is not a list"),
    (["caveats"], [1], "caveats: entry 1: 1 is not a text"),
    (["bands"], 3, r"\[bands\]: 3 is not a table of keys"),
    (["bands", "to_residents"], [], "to_residents: is empty"),
    (["bands", "to_residents"], 1000, "to_residents: 1000 is not a list"),
    (["bands", "to_residents"], [2000, 1000], "to_residents: must ascend"),
    (["bands", "to_residents"], [1000, 1000], "to_residents: must ascend"),
    (["bands", "to_residents"], [1000.5], r"entry 1: 1000\.5 is not a whole number"),
    (["bands", "to_residents"], [-1, 1000], "entry 1: -1 is not 0 or more"),
    (["bands", "target_citizens"], [100, 150], "9 upper ends need 10 targets, not 2"),
    (["bands", "target_citizens"], ["cento"], "entry 1: 'cento' is not a whole number"),
    (["bands", "ambiguous_residents"], [999], "999 is not an upper end"),
    (["campaigns"], Raw("[]"), "campaigns: is empty"),
    (["campaigns"], "pnrr", "campaigns: 'pnrr' is not a list"),
    (["campaigns"], [1], r"\[campaigns\] 1: 1 is not a table"),
    (["campaigns", 0, "campaign"], "", "campaign: is empty"),
    (["campaigns", 1, "campaign"], "pnrr-1.7.2", "'pnrr-1.7.2' is declared twice"),
    (["campaigns", 0, "starts_on"], "2025-02-30", "'2025-02-30' is not a day of the calendar"),
    (["campaigns", 0, "ends_on"], "31/12/2025", "ends_on: '31/12/2025' is not like 2026-01-31"),
    (["campaigns", 0, "ends_on"], "20251231", "ends_on: '20251231' is not like 2026-01-31"),
    (["campaigns", 0, "ends_on"], "2023-01-01", "ends on 2023-01-01, before it starts"),
    (["campaigns", 0, "n_points"], -1, "n_points: -1 is not 0 or more"),
    (["campaigns", 0, "n_points"], 1.5, r"n_points: 1\.5 is not a whole number"),
    (["campaigns", 0, "n_points"], True, "n_points: True is not a whole number"),
    (["campaigns", 0, "target_citizens"], 0, "target_citizens: 0 is not 1 or more"),
    (["campaigns", 0, "target_services"], "many", "target_services: 'many' is not a whole number"),
    (["campaigns", 0, "budget_eur"], -5, "budget_eur: -5 is not 0 or more"),
    (["campaigns", 1, "renewal_line_share"], 20, "renewal_line_share: 20 is not within 0 and 1"),
    (["point", "weekly_hours"], 169, "weekly_hours: 169 is not above 0 and at most 168"),
    (["point", "weekly_hours"], 0, "weekly_hours: 0 is not above 0"),
    (["point", "contribution_eur"], "30.000", r"contribution_eur: '30\.000' is not a number"),
    (["point", "equipment_eur"], Raw("inf"), "equipment_eur: inf is not a number"),
    (["point", "equipment_eur"], Raw("nan"), "equipment_eur: nan is not a number"),
    (["reach", "within_min"], "venti", "policy reach: within_min: 'venti' is not a number"),
    (["reach", "within_min"], [20], r"within_min: \(20,\) is not a number"),
    (["reach", "within_min"], -20, "within_min: -20 is not above 0 and at most 1440"),
    (["reach", "within_min"], 0, "within_min: 0 is not above 0"),
    (["reach", "within_min"], 1441, "within_min: 1441 is not above 0 and at most 1440"),
    (["reach", "usual_hours"], "", "usual_hours: is empty"),
    (["catchment", "zone_min"], [10, 30, 20], "zone_min: must ascend"),
    (["catchment", "zone_weight"], [1, 0.5], "3 zones, 2 weights"),
    (["catchment", "zone_weight"], [1, 0.5, 1.1], r"entry 3: 1\.1 is not within 0 and 1"),
    (["catchment", "zone_weight"], [1, 0.5, -0.1], r"entry 3: -0\.1 is not within 0 and 1"),
    (["inner_areas", "ranked_classes"], ["D", "G"], "ranked_classes: 'G' is not one of A, B, C"),
    (["inner_areas", "cuts_min"], [27.7, 40.9], "cuts_min: 2 entries are not 3"),
    (["inner_areas", "cuts_min"], [66.9, 40.9, 27.7], "cuts_min: must ascend"),
    (["gaps", "unreachable_share"], 10, "unreachable_share: 10 is not within 0 and 1"),
    (["gaps", "n_draws"], 0, "n_draws: 0 is not within 1 and 100000"),
    (["gaps", "seed"], -1, "seed: -1 is not 0 or more"),
    (["gaps", "weights"], 1, "weights: 1 is not a table of keys"),
    (["gaps", "weights", "travel_min"], -1, "weights: travel_min: -1 is not 0 or more"),
    (["gaps", "weights", "travel_min"], "1", "weights: travel_min: '1' is not a number"),
    (["gaps", "weights", "over65"], 1, r"'over65' is not one of .* \(did you mean 'over65_share'\?\)"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "entry", "sentence"), BROKEN)
def test_a_broken_rule_is_one_clear_sentence(policy_file, where, entry, sentence):
    with pytest.raises(ConfigError, match=sentence) as refused:
        read_policy(policy_file(where, entry))
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("policy")
    assert str(refused.value).endswith(".")


def test_all_broken_rules_of_a_section_are_said_at_once():
    with pytest.raises(ConfigError) as refused:
        PointRules(weekly_hours=-1, contribution_eur="x", equipment_eur=9_000, source="s")
    assert str(refused.value) == (
        "policy point: weekly_hours: -1 is not above 0 and at most 168; "
        "contribution_eur: 'x' is not a number. Correct it."
    )


def test_an_index_of_no_weight_is_refused(policy_file):
    with pytest.raises(ConfigError, match=r"gaps\.weights: none is above 0"):
        read_policy(policy_file(["gaps", "weights"], dict.fromkeys(INDICATORS, 0)))


@pytest.mark.parametrize(
    ("where", "entry"),
    [(["region"], "all"), (["reach", "within_min"], 1440), (["reach", "within_min"], 0.5),
     (["point", "weekly_hours"], 168), (["catchment", "zone_weight"], [1, 0, 0]),
     (["campaigns", 0, "n_points"], 0), (["gaps", "weights", "travel_min"], 0),
     (["campaigns", 0, "ends_on"], "2023-04-13"), (["bands", "ambiguous_residents"], [])],
)  # fmt: skip
def test_the_ends_of_every_range_are_inside(policy_file, where, entry):
    read_policy(policy_file(where, entry))


def test_a_date_of_toml_is_read_as_its_day(policy_file):
    policy = read_policy(policy_file(["campaigns", 0, "ends_on"], Raw("2025-12-30")))
    assert policy.first_campaign.ends_on == "2025-12-30"


def test_an_absent_or_broken_file_is_a_sentence(tmp_path):
    with pytest.raises(ConfigError, match=r"policy absent\.toml: cannot be read"):
        read_policy(tmp_path / "absent.toml")
    for name, content in (("broken.toml", b"title = "), ("latin.toml", b'title = "\xe0"')):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigError, match=rf"policy {name}: not a TOML file"):
            read_policy(tmp_path / name)


def test_an_unknown_campaign_names_the_nearest():
    assert read_policy().campaign("extension-2026").n_points == 119
    with pytest.raises(
        ConfigError, match=r"no campaign 'extension-2025'\. Did you mean 'extension-2026'"
    ):
        read_policy().campaign("extension-2025")


@pytest.mark.parametrize(
    ("tunables", "sentence"),
    [
        (
            {"effort": "quik"},
            r"effort: 'quik' is not one of quick, normal, best \(did you mean 'quick'",
        ),
        ({"effort": 1}, "effort: 1 is not a text"),
        ({"exact_places": -1}, "exact_places: -1 is not 0 or more"),
        ({"simplify_m": "fine"}, "simplify_m: 'fine' is not a number"),
    ],
)
def test_tunables_are_held_to_their_range(tunables, sentence):
    with pytest.raises(ConfigError, match=sentence):
        Settings(**tunables)


def test_a_changed_copy_is_held_to_the_same_rules():
    with pytest.raises(ConfigError, match="within_min"):
        replace(read_policy().reach, within_min=-1)


@settings(deadline=None)
@given(st.lists(st.integers(-5, 50), max_size=5), st.lists(st.integers(-5, 50), max_size=6))
def test_bands_exist_exactly_when_they_ascend_and_match(ends, targets):
    is_sound = (
        len(ends) > 0
        and all(a < b for a, b in pairwise(ends))
        and len(targets) == len(ends) + 1
        and min(ends + targets) >= 0
    )
    try:
        Bands(source="s", to_residents=tuple(ends), target_citizens=tuple(targets))
    except ConfigError:
        assert not is_sound
    else:
        assert is_sound


@settings(deadline=None)
@given(st.lists(st.floats(), max_size=4), st.lists(st.floats(), max_size=4))
def test_a_catchment_exists_exactly_when_its_zones_ascend_and_its_weights_are_shares(
    zones, weights
):
    is_sound = (
        len(zones) == len(weights) > 0
        and all(a < b for a, b in pairwise(zones))
        and all(0 < zone <= 1440 for zone in zones)
        and all(0 <= weight <= 1 for weight in weights)
    )
    try:
        Catchment(zone_min=tuple(zones), zone_weight=tuple(weights), source="s")
    except ConfigError:
        assert not is_sound
    else:
        assert is_sound


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("base_url", "javascript:alert(1)"),
        ("base_url", "https://a.example/<script>"),
        ("publisher_id", "r toscan"),
        ("contact_email", "dati"),
        ("licence_url", "CC BY"),
    ],
)
def test_a_publisher_is_not_what_it_cannot_be(field, given):
    with pytest.raises(ConfigError, match=f"policy publication: {field}"):
        PublicationRules(**{field: given})


TILES = "https://tiles.example.it/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    ("url", "thanks", "fault"),
    [
        ("http://tiles.example.it/{z}/{x}/{y}.png", "Chi", "tile_url"),
        ("https://tiles.example.it/{z}/{x}.png", "Chi", "tile_url"),
        ("https://tiles.example.it/{z}/{x}/{y}/{y}.png", "Chi", "tile_url"),
        ("https://{s}.example.it/{z}/{x}/{y}.png", "Chi", "tile_url"),
        ("https://a.it/{z}/{x}/{y}.png; script-src *", "Chi", "tile_url"),
        ("https://user@a.it/{z}/{x}/{y}.png", "Chi", "tile_url"),
        (TILES, " ", "tile_credits"),
    ],
)
def test_a_background_is_one_safe_address_with_somebody_to_thank(url, thanks, fault):
    with pytest.raises(ConfigError, match=f"policy publication: {fault}"):
        PublicationRules(tile_url=url, tile_credits=thanks)


def test_a_background_comes_from_one_origin():
    assert PublicationRules(tile_url=TILES, tile_credits="Chi").tile_origin == (
        "https://tiles.example.it"
    )
    assert PublicationRules().tile_origin == ""


def test_the_root_ends_in_a_slash_and_is_empty_where_not_set():
    assert PublicationRules(base_url="https://a.example/x").root == "https://a.example/x/"
    assert PublicationRules(base_url="https://a.example/").root == "https://a.example/"
    assert PublicationRules().root == ""
    assert not PublicationRules(base_url="https://a.example/").is_known
