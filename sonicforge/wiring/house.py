"""What must be right before a process starts: the house's secrets, its certificate, its address.

The supervisor imports this before it starts anything, so nothing heavy stands in it.
"""

from collections.abc import Collection
from pathlib import Path

from control.identity.secrets import NAMES, Secrets
from server.door.tls import CertificateFiles, Tls
from sonicforge.config import Settings
from sonicforge.folders import Folders


async def house_secrets(settings: Settings, folders: Folders) -> Secrets:
    """[secrets]: the configuration's, else Vault's, else those in the state folder, made where there are none. Raises UnfitSecret."""
    told = settings.secrets
    given = {name: getattr(told, name).get_secret_value() for name in NAMES}
    if told.vault_url:
        kept = await vault_secrets(settings, NAMES)
        given = {name: given[name] or kept.get(name, "") for name in NAMES}
    return Secrets(folders.secrets, given)


async def vault_secrets(settings: Settings, names: Collection[str]) -> dict[str, str]:
    """Those of `names` that Vault has; none without one. Raises UnfitSecret."""
    told = settings.secrets
    if not told.vault_url:
        return {}
    from control.identity.vault import VaultEntry, read_vault

    entry = VaultEntry(told.vault_url, told.vault_token.get_secret_value(), told.vault_path, told.vault_namespace)
    return await read_vault(entry, names=names)


def base_url(settings: Settings) -> str:
    """How people write the station's address, without a slash at its end."""
    server = settings.server
    if server.public_url:
        return server.public_url.rstrip("/")
    host = "127.0.0.1" if server.host in ("0.0.0.0", "::") else server.host
    scheme = "https" if server.tls_certificate else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{server.port}"


def door_tls(settings: Settings) -> Tls | None:
    """[server] tls_certificate and tls_key. Raises UnfitCertificate."""
    server = settings.server
    if not server.tls_certificate:
        return None
    return Tls(CertificateFiles(Path(server.tls_certificate).expanduser(), Path(server.tls_key).expanduser()))
