"""A stand-in OpenID provider: authorization code, PKCE, nonce, signed tokens, and people to choose.

It checks what a provider checks (client, redirect address, code used once, PKCE verifier) and, for
the people whose token is false on purpose, signs what a provider never would.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import socket
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

CLIENT, SECRET = "capillare", "segreto-del-client"
PEOPLE = {
    "Pia": {"roles": ["pianifica"]},
    "Carlo": {"roles": ["coordina"], "provincia": "SI"},
    "Lia": {"roles": ["legge"]},
    "Nessuno": {"roles": ["altro"]},
    "Senza Territorio": {"roles": ["coordina"]},
    "Scaduta": {"roles": ["pianifica"], "lasts_s": -30},
    "Falsa Firma": {"roles": ["pianifica"], "falsify": "signature"},
    "Falso Pubblico": {"roles": ["pianifica"], "falsify": "aud"},
    "Falso Nonce": {"roles": ["pianifica"], "falsify": "nonce"},
    "Falso Emittente": {"roles": ["pianifica"], "falsify": "iss"},
    "Altra Chiave": {"roles": ["pianifica"], "falsify": "hmac"},
    "Senza Firma": {"roles": ["pianifica"], "falsify": "none"},
    "Vecchia Firma": {"roles": ["pianifica"], "lasts_s": -3600},
}


class IdentityProvider:
    """The provider's endpoints, and what it has seen."""

    def __init__(self, origin, redirect_uri):
        self.origin, self.redirect_uri = origin, redirect_uri
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "1"})
        self.codes, self.asked, self.left = {}, [], []
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.metadata),
                Route("/jwks", self.jwks),
                Route("/authorize", self.authorize),
                Route("/enter", self.enter),
                Route("/token", self.token, methods=["POST"]),
                Route("/leave", self.leave),
            ]
        )

    async def metadata(self, _request):
        return JSONResponse(
            {
                "issuer": self.origin,
                "authorization_endpoint": f"{self.origin}/authorize",
                "token_endpoint": f"{self.origin}/token",
                "jwks_uri": f"{self.origin}/jwks",
                "end_session_endpoint": f"{self.origin}/leave",
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    async def jwks(self, _request):
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request):
        asked = dict(request.query_params)
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == self.redirect_uri
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        links = "".join(
            f'<li><a href="/enter?{urlencode(asked | {"who": who})}">{who}</a></li>'
            for who in PEOPLE
        )
        return HTMLResponse(f'<html lang="it"><title>Chi sei?</title><ul>{links}</ul>')

    async def enter(self, request):
        asked = dict(request.query_params)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{self.redirect_uri}?{back}")

    async def token(self, request):
        form = await request.form()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            request.headers["authorization"] != f"Basic {basic}"
            or asked is None
            or form["redirect_uri"] != self.redirect_uri
            or challenge != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        return JSONResponse(
            {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token(asked)}
        )

    def id_token(self, asked):
        person, now = dict(PEOPLE[asked["who"]]), int(time.time())
        falsify = person.pop("falsify", None)
        claims = {
            "iss": self.origin,
            "sub": asked["who"],
            "aud": CLIENT,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + person.pop("lasts_s", 600),
            "name": f"{asked['who']} Prova",
            **person,
        }
        if falsify in claims:
            claims[falsify] = "https://altri.example"
        if falsify == "hmac":
            # The public key taken for a shared secret: the oldest trick against tokens.
            public = self.key.as_pem(private=False)
            return jwt.encode({"alg": "HS256", "kid": "1"}, claims, OctKey.import_key(public))
        if falsify == "none":
            parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
            return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts) + "."
        key = self.stranger if falsify == "signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)

    async def leave(self, request):
        self.left.append(dict(request.query_params))
        return RedirectResponse(request.query_params["post_logout_redirect_uri"])


@contextmanager
def identity_provider(redirect_uri):
    """Serve the provider on a free port of this computer."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        provider = IdentityProvider(f"http://127.0.0.1:{door.getsockname()[1]}", redirect_uri)
        server = uvicorn.Server(uvicorn.Config(provider.app, log_level="critical"))
        # The port is held from the first: nobody else can take it before the server listens.
        thread = threading.Thread(target=server.run, args=([door],), daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.02)
            assert thread.is_alive(), "the provider did not start"
        yield provider
        server.should_exit = True
        thread.join(timeout=10)
