"""What is not known of a network, counted against its own tables."""

from dataclasses import replace

from capillare.planning.missing import Missing, find_missing


def test_what_tuscany_lacks_is_counted(tuscan_plan):
    network = tuscan_plan.network
    found = {one.what: one for one in find_missing(network)}
    assert found["points"] == Missing("points", 169 - len(network.targets), 169)
    assert found["counts"].n == network.targets["citizens_reached"].isna().sum()
    pdf = network.desks[network.desks["network"] == "pdf"]
    assert found["status"].n == (pdf["status"] == "unknown").sum()
    serving = pdf[pdf["is_in_service"]]
    assert found["hours"].of == len(serving)
    assert found["hours"].n == len(serving) - (serving["hours_basis"] == "stated").sum()
    # The first campaign still runs: nothing waits to be confirmed.
    assert "confirmation" not in found
    assert found["inner_classes"].n == (network.coverage["inner_basis"] == "estimated").sum()


def test_what_is_whole_is_not_listed(tuscan_plan):
    network = tuscan_plan.network
    coverage = network.coverage.assign(inner_basis="official")
    targets = network.targets.assign(target_citizens=100)
    whole = replace(network, coverage=coverage, targets=targets)
    assert not {"inner_classes", "targets"} & {one.what for one in find_missing(whole)}


def test_all_networks_have_more_desks_to_look_after(tuscan_plan):
    network = tuscan_plan.network
    every = replace(network, scenario=replace(network.scenario, networks="all"))
    of = {one.what: one.of for one in find_missing(every)}
    assert of["status"] == len(network.desks)
