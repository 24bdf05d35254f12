"""A target as the office keeps it: as the publisher knows it, but with its stream key sealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.rtmp.sealed import SealBroken, unseal_key
from server.rtmp.target import Platform, Target


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """One row of `stream_targets`."""

    id: UUID
    station: str
    name: str
    platform: Platform
    address: str
    """As the operator gave it; empty: the platform's own."""
    sealed_key: bytes
    enabled: bool
    created_at: datetime

    def opened(self, secrets: tuple[bytes, ...]) -> Target | None:
        """With its stream key; None where the house's secret was changed since and the key is lost."""
        try:
            key = unseal_key(self.sealed_key, secrets, str(self.id))
        except SealBroken:
            return None
        return Target(str(self.id), self.name, self.platform, self.address, key, self.enabled)
