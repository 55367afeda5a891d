"""The headers of every answer: what a browser may do with it. Nothing inline, nothing foreign."""

from typing import Final

from api.origins import Origins

_NOTHING: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
_OWN: Final = "style-src 'self'; img-src 'self'; script-src 'self'; font-src 'self'"
_FEATURES: Final = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), xr-spatial-tracking=()"
)
_YEAR_SECONDS: Final = 31_536_000


def people_headers(origins: Origins) -> dict[str, str]:
    """Pages with forms; passkeys are allowed here and nowhere else."""
    policy = f"{_NOTHING}; {_OWN}; connect-src 'self'; form-action 'self'"
    features = f"{_FEATURES}, publickey-credentials-get=(self), publickey-credentials-create=(self)"
    return _headers(origins.people, policy, features)


def ballot_headers(origins: Origins) -> dict[str, str]:
    """The ballot's page, whose script alone talks to the registration."""
    policy = f"{_NOTHING}; {_OWN}; connect-src 'self' {origins.registration}; form-action 'none'"
    return _headers(origins.ballot, policy, _FEATURES)


def registration_headers(origins: Origins) -> dict[str, str]:
    """An interface for programs; its one page needs a style only."""
    policy = f"{_NOTHING}; style-src 'self'; img-src 'self'; form-action 'none'"
    return _headers(origins.registration, policy, _FEATURES)


def _headers(origin: str, policy: str, features: str) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": features,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    if origin.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={_YEAR_SECONDS}; includeSubDomains"
    return headers
