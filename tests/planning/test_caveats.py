"""What must be known before a network's figures are used speaks of the desks that they count."""

from dataclasses import replace

from capillare.planning.caveats import network_caveats
from capillare.planning.missing import find_missing


def test_sentences_count_the_desks_of_the_networks_asked_for(tuscan_plan):
    for networks in ("pdf", "all"):
        network = tuscan_plan.network
        network = replace(network, scenario=replace(network.scenario, networks=networks))
        unknown = {one.what: one.n for one in find_missing(network)}["status"]
        sentence = f"{unknown} sportelli hanno stato sconosciuto e non contano come in servizio."
        assert sentence in network_caveats(network)


def test_a_network_without_desks_of_its_own_says_so(tuscan_plan):
    network = tuscan_plan.network
    sisters = replace(network, desks=network.desks[network.desks["network"] != "pdf"])
    said = "Non risultano sportelli in servizio in questo territorio alla data indicata."
    assert said in network_caveats(sisters)
    every = replace(sisters, scenario=replace(network.scenario, networks="all"))
    assert said not in network_caveats(every)
