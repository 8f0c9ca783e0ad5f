"""What browsers are told about the site: run only its own scripts, ask nobody else."""

from __future__ import annotations

from capillare.publish.site.words import LANGUAGES, read_words

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)

PAGE_POLICY = "; ".join(_POLICY)
"""Content-Security-Policy inside each page, for servers that send no headers of ours."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join((*_POLICY, "frame-ancestors 'none'")),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_EMBED_HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": "; ".join((*_POLICY, "frame-ancestors *")),
}


def headers_of(path: str) -> dict[str, str]:
    """Return the headers of an address: only the page made for it may stand in another's frame."""
    is_embed = any(path.endswith(f"/{read_words(lang)['pages']['embed']}") for lang in LANGUAGES)
    return _EMBED_HEADERS if is_embed else SECURITY_HEADERS
