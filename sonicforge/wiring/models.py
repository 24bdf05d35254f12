"""Language models as the configuration names them: who may be asked, and why another may not. Keys are read here and told to nobody."""

import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from control.identity.secrets import UnfitSecret, text_of
from generation.errors import InvalidBrief
from generation.llm.provider import Provider
from sonicforge.config import Settings

VAULT_FIELD: Final = "llm_{name}"
"""Of the house's entry in Vault, where a provider's key may stand."""

_PATIENCE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Unusable:
    """A provider that is named and cannot be asked."""

    name: str
    why: str


def providers_of(settings: Settings, kept: dict[str, str] | None = None) -> tuple[list[Provider], list[Unusable]]:
    """[llm] providers, in their order. `kept`: what Vault has, by field; it is used where the configuration has no key."""
    usable: list[Provider] = []
    unusable: list[Unusable] = []
    for name in settings.llm.providers:
        stated = settings.llm.stated(name)
        try:
            told = stated.key.get_secret_value() or (kept or {}).get(VAULT_FIELD.format(name=name), "")
            provider = stated.provider(name, text_of(f"llm.provider.{name}.key", told).strip())
        except (UnfitSecret, InvalidBrief) as fault:
            unusable.append(Unusable(name, str(fault).replace("secrets.llm", "llm")))
            continue
        if provider.key or provider.own_network:
            usable.append(provider)
        elif settings.secrets.vault_url and kept is None:
            unusable.append(Unusable(name, f"its key is looked for in Vault when the station starts ({VAULT_FIELD.format(name=name)})"))
        else:
            unusable.append(Unusable(name, f"it has no key: set llm.provider.{name}.key or SONICFORGE_LLM__PROVIDER__{name.upper()}__KEY"))
    return usable, unusable


def fields_of(settings: Settings) -> list[str]:
    """What is looked for in Vault."""
    return [VAULT_FIELD.format(name=name) for name in settings.llm.providers if not settings.llm.stated(name).key.get_secret_value()]


def answers(provider: Provider) -> bool:
    """Whether somebody takes connections there. Waits half a second at most."""
    address = urlsplit(provider.url)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        with socket.create_connection((address.hostname or "", port), timeout=_PATIENCE_SECONDS):
            return True
    except OSError:
        return False


def price_of(provider: Provider) -> str:
    """In plain words."""
    if provider.free:
        return "free"
    return f"${provider.dollars_per_million_in:g} and ${provider.dollars_per_million_out:g} for a million tokens asked and answered"
