"""Who publishes the site and where: what open data may say of it, and nothing where not set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from capillare.geo.fields import Checked, like

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
    """

    WHERE: ClassVar[str] = "policy publication"

    base_url: Annotated[str, like(_WEB, "https://digitale.example.it/")] = ""
    publisher: str = ""
    publisher_id: Annotated[str, like(r"[A-Za-z0-9_-]{0,40}", "r_toscan")] = ""
    contact_email: Annotated[str, like(r"([\w.+-]+@[\w.-]+\.\w+)?", "dati@example.it")] = ""
    licence_url: Annotated[str, like(_WEB, "https://creativecommons.org/licenses/by/4.0/")] = (
        "https://creativecommons.org/licenses/by/4.0/"
    )

    @property
    def root(self) -> str:
        """Address of the root with a slash at its end; empty where not set."""
        return self.base_url and self.base_url.rstrip("/") + "/"

    @property
    def is_known(self) -> bool:
        """Whether enough is known to describe the data for a catalogue."""
        return bool(self.base_url and self.publisher and self.publisher_id and self.contact_email)
