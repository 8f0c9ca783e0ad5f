"""What browsers are told about the site: run only its own scripts, ask nobody else."""

from __future__ import annotations

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
    "Content-Security-Policy": "; ".join((*_POLICY, "frame-ancestors 'self'")),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
