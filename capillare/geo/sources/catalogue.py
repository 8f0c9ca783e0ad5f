"""What publishers put online, and under which address, licence and layout."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal
from urllib.parse import unquote, urlsplit

from capillare.geo.errors import ConfigError
from capillare.geo.fields import Checked, above, build, like, nearest, not_empty
from capillare.geo.sources.reference import DATA_FOLDER

CATALOGUE_FILE = DATA_FOLDER / "sources.toml"
BYTES_IN_MB = 1_000_000
Layout = Literal["inner-areas-2020", "posas", "geojson", "csv"]


@dataclass(frozen=True)
class PublishedSource(Checked):
    """One file that a publisher puts online.

    Attributes
    ----------
    name
        Word that asks for it on the command line.
    title, publisher
        What it is and whose, in Italian.
    url
        Address; empty where we could not confirm one.
    page
        Page of the publisher where it is found.
    licence
        Licence or terms, with the rights holder.
    layout, layout_version
        Reader that must accept the file before it is kept, and what the publisher calls it.
    filename
        Name in the folder of official files.
    other_filenames
        Regular expression of names that the file may keep from its address.
    max_mb
        Most that is downloaded, megabytes.
    """

    WHERE: ClassVar[str] = "sources.toml"

    name: Annotated[str, like(r"[a-z][a-z-]*", "inner-areas")]
    title: Annotated[str, not_empty]
    publisher: Annotated[str, not_empty]
    url: Annotated[str, like(r"(https://\S+)?", "https://…")]
    page: Annotated[str, like(r"(https://\S+)?", "https://…")]
    licence: Annotated[str, not_empty]
    layout: Layout
    layout_version: Annotated[str, not_empty]
    filename: Annotated[str, like(r"[\w.-]+\.(xlsx|csv|zip|geojson)", "sportelli.csv")]
    max_mb: Annotated[float, above(0, at_most=200)]
    other_filenames: str = ""

    def filename_of(self, url: str) -> str:
        """Return the name under which a file of this address is kept."""
        name = unquote(urlsplit(url).path).rpartition("/")[2]
        is_own = self.other_filenames and re.fullmatch(self.other_filenames, name)
        return name if is_own else self.filename


@dataclass(frozen=True)
class Catalogue(Checked):
    """Every published source that the program knows."""

    source: tuple[PublishedSource, ...]


def read_catalogue() -> tuple[PublishedSource, ...]:
    """Read the packaged catalogue."""
    entries = tomllib.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))
    return build(Catalogue, entries, where=CATALOGUE_FILE.name).source


def find_source(name: str) -> PublishedSource:
    """Return a source by name.

    Raises
    ------
    ConfigError
        If there is none; the known names are listed.
    """
    by_name = {source.name: source for source in read_catalogue()}
    if name not in by_name:
        listed = ", ".join(by_name)
        raise ConfigError(
            f"source {name!r}: unknown. Choose one of {listed}.{nearest(name, by_name)}"
        )
    return by_name[name]
