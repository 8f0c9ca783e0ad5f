"""The open data described for catalogues: DCAT-AP_IT, as Turtle and as RDF/XML.

Profile: AgID, "Linee guida per i cataloghi dati, DCAT-AP_IT v1.0" (2016), its mandatory classes
and properties, with the recommended ones that are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from capillare.planning.network import Network

Said = tuple[URIRef, "URIRef | Literal"]

DCATAPIT = Namespace("http://dati.gov.it/onto/dcatapit#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_EU = "http://publications.europa.eu/resource/authority"
_ITALIAN = URIRef(f"{_EU}/language/ITA")
_TITLE = {"it": "Punti Digitale Facile: sportelli e orari", "en": "Digital help desks and hours"}
_TEXT = {
    "it": "Gli sportelli di facilitazione digitale in servizio, con indirizzo, orario e contatti, "
    "e le soste degli sportelli mobili.",
    "en": "Digital help desks in service, with address, hours and contacts, and stops of mobile "
    "desks.",
}
_FILES = (
    ("desks.csv", "CSV", "text/csv", "Tabella CSV"),
    ("desks.geojson", "GEOJSON", "application/geo+json", "GeoJSON"),
    ("desks.jsonld", "JSON_LD", "application/ld+json", "JSON-LD, schema.org"),
    ("stops.csv", "CSV", "text/csv", "Tabella delle soste"),
    ("stops.ics", "ICS", "text/calendar", "Calendario delle soste"),
)


def catalogue(network: Network) -> Graph | None:
    """Describe the site's open data; None unless the policy names the publisher and the site.

    A description that made up who publishes the data would be false: nothing is written then.
    """
    rules = network.policy.publication
    if not rules.is_known:
        return None
    graph = Graph()
    for prefix, space in (("dcatapit", DCATAPIT), ("vcard", VCARD), ("dcat", DCAT)):
        graph.bind(prefix, space)
    root = rules.root
    agent = URIRef(f"{root}#publisher")
    _describe(graph, agent, (DCATAPIT.Agent, FOAF.Agent), [
        (FOAF.name, Literal(rules.publisher, lang="it")),
        (DCTERMS.identifier, Literal(rules.publisher_id)),
    ])  # fmt: skip
    contact = URIRef(f"{root}#contact")
    _describe(graph, contact, (DCATAPIT.Organization, VCARD.Organization, VCARD.Kind), [
        (VCARD.fn, Literal(rules.publisher, lang="it")),
        (VCARD.hasEmail, URIRef(f"mailto:{rules.contact_email}")),
    ])  # fmt: skip
    licence = URIRef(rules.licence_url)
    _describe(graph, licence, (DCATAPIT.LicenseDocument, DCTERMS.LicenseDocument), [
        (FOAF.name, Literal(rules.licence_url)),
        (DCTERMS.type, URIRef("http://purl.org/adms/licencetype/Attribution")),
    ])  # fmt: skip
    modified = Literal(network.scenario.as_of.isoformat(), datatype=XSD.date)
    said: list[Said] = [
        *((DCTERMS.title, Literal(text, lang=lang)) for lang, text in _TITLE.items()),
        *((DCTERMS.description, Literal(text, lang=lang)) for lang, text in _TEXT.items()),
        (DCTERMS.publisher, agent),
        (DCTERMS.modified, modified),
        (DCTERMS.language, _ITALIAN),
    ]
    dataset = URIRef(f"{root}catalog.ttl#desks")
    _describe(graph, URIRef(f"{root}catalog.ttl#catalog"), (DCATAPIT.Catalog, DCAT.Catalog), [
        *said,
        (FOAF.homepage, URIRef(root)),
        (DCAT.dataset, dataset),
        (DCAT.themeTaxonomy, URIRef(f"{_EU}/data-theme")),
    ])  # fmt: skip
    files = [_add_file(graph, root, licence, file) for file in _FILES]
    _describe(graph, dataset, (DCATAPIT.Dataset, DCAT.Dataset), [
        *said,
        (DCTERMS.identifier, Literal(f"{rules.publisher_id}:capillare-desks")),
        (DCAT.theme, URIRef(f"{_EU}/data-theme/GOVE")),
        (DCTERMS.rightsHolder, agent),
        (DCTERMS.accrualPeriodicity, URIRef(f"{_EU}/frequency/IRREG")),
        (DCAT.contactPoint, contact),
        (DCAT.landingPage, URIRef(root)),
        *((DCAT.distribution, file) for file in files),
    ])  # fmt: skip
    return graph


def catalogue_files(network: Network) -> dict[str, bytes]:
    """Return the description as ``catalog.ttl`` and ``catalog.rdf``; nothing where not known."""
    graph = catalogue(network)
    if graph is None:
        return {}
    return {
        "catalog.ttl": graph.serialize(format="turtle").encode(),
        "catalog.rdf": graph.serialize(format="pretty-xml").encode(),
    }


def _describe(graph: Graph, node: URIRef, kinds: Iterable[URIRef], said: Iterable[Said]) -> None:
    for kind in kinds:
        graph.add((node, RDF.type, kind))
    for name, what in said:
        graph.add((node, name, what))


def _add_file(graph: Graph, root: str, licence: URIRef, file: tuple[str, str, str, str]) -> URIRef:
    name, kind, media, title = file
    node = URIRef(f"{root}catalog.ttl#{name}")
    _describe(graph, node, (DCATAPIT.Distribution, DCAT.Distribution), [
        (DCTERMS.title, Literal(title, lang="it")),
        (DCAT.accessURL, URIRef(root + name)),
        (DCAT.downloadURL, URIRef(root + name)),
        (DCTERMS["format"], URIRef(f"{_EU}/file-type/{kind}")),
        (DCAT.mediaType, URIRef(f"https://www.iana.org/assignments/media-types/{media}")),
        (DCTERMS.license, licence),
    ])  # fmt: skip
    return node
