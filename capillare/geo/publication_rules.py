"""Who publishes the site and where: what open data may say of it, and nothing where not set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from capillare.geo.fields import Checked, like

_TILES = r"(https://[A-Za-z0-9.-]{1,200}(:\d{1,5})?/([\w./?&=%~+@-]|\{[zxy]\}){1,300})?"
_CORNERS = ("{z}", "{x}", "{y}")
_WEB = r"(https?://[^\s\"'<>\\^`{|}]{1,300})?"


@dataclass(frozen=True)
class PublicationRules(Checked):
    """The publisher of the site and its open data; empty is not known, and is not said.

    Attributes
    ----------
    base_url
        Address of the site's root, such as ``https://digitale.example.it/sportelli/``.
    publisher, publisher_id
        Name of the public body, and its code in the index of public administrations (IPA).
    contact_email
        Whom to write to about the data.
    licence_url
        Licence of the open data.
    tile_url, tile_credits
        Where the public map asks for background tiles, and what it says of who made them. Empty
        for none: with them, the tile server sees the address of whoever opens the map.
    """

    WHERE: ClassVar[str] = "policy publication"

    base_url: Annotated[str, like(_WEB, "https://digitale.example.it/")] = ""
    publisher: str = ""
    publisher_id: Annotated[str, like(r"[A-Za-z0-9_-]{0,40}", "r_toscan")] = ""
    contact_email: Annotated[str, like(r"([\w.+-]+@[\w.-]+\.\w+)?", "dati@example.it")] = ""
    licence_url: Annotated[str, like(_WEB, "https://creativecommons.org/licenses/by/4.0/")] = (
        "https://creativecommons.org/licenses/by/4.0/"
    )

    tile_url: Annotated[str, like(_TILES, "https://tiles.example.it/{z}/{x}/{y}.png")] = ""
    tile_credits: str = ""

    def contradictions(self) -> list[str]:
        """Refuse tiles without a place, twice the same place, or nobody to thank."""
        if not self.tile_url:
            return []
        faults = []
        if any(self.tile_url.count(corner) != 1 for corner in _CORNERS):
            faults.append("tile_url: {z}, {x} and {y} must be in it, once each")
        if not self.tile_credits.strip():
            faults.append("tile_credits: who made the tiles must be named, as their terms ask")
        return faults

    @property
    def tile_origin(self) -> str:
        """Scheme and host that tiles come from; empty for none."""
        return "/".join(self.tile_url.split("/")[:3])

    @property
    def root(self) -> str:
        """Address of the root with a slash at its end; empty where not set."""
        return self.base_url and self.base_url.rstrip("/") + "/"

    @property
    def is_known(self) -> bool:
        """Whether enough is known to describe the data for a catalogue."""
        return bool(self.base_url and self.publisher and self.publisher_id and self.contact_email)
