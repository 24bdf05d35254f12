"""Distant workers as a backend of the studio: the one that served last is asked first, and the next one where it is away or lies.

Opens no socket (a Caller is handed in) and no file of a format that could hurt (FLAC is unpacked by whoever is handed in for it).
"""

from collections.abc import Sequence
from typing import Final

from generation.backend import Progress, unheard
from generation.brief import Brief
from generation.errors import BackendAway, GenerationFailed
from generation.licence import Licence
from generation.remote.caller import Caller, Clock
from generation.remote.checking import NAME, Unpack
from generation.remote.errors import Untrue
from generation.remote.options import RemoteOptions
from generation.remote.shapes import AboutWorker
from generation.remote.worker import DistantWorker
from generation.take import Take

NOT_YET_TOLD: Final = Licence("as the worker tells", commercial_ok=True)
"""Until a worker has made something. It permits nothing: each take's own licence is checked before its sound is fetched."""


class Remote:
    """One worker or several. Nothing is asked of any before the first take, or `about`."""

    def __init__(
        self,
        addresses: Sequence[str],
        key: str,
        caller: Caller,
        clock: Clock,
        unpack: Unpack | None = None,
        options: RemoteOptions | None = None,
    ) -> None:
        """`addresses`: http(s)://host[:port][/path] each. `key`: what both sides know, or RunPod's; empty only for a worker that no other
        machine reaches. Without `unpack` workers are asked for WAV.

        Raises ValueError if these cannot be.
        """
        if not addresses:
            raise ValueError("no worker is named")
        told = options or RemoteOptions()
        self._workers = [DistantWorker(address, key, caller, clock, unpack, told) for address in addresses]
        self._caller = caller
        self._licence = NOT_YET_TOLD

    @property
    def name(self) -> str:
        return NAME

    @property
    def licence(self) -> Licence:
        """Of what was made last."""
        return self._licence

    @property
    def most_at_once(self) -> int:
        """What the worker that is asked next makes together."""
        return self._workers[0].most_at_once

    def about(self, progress: Progress = unheard) -> dict[str, AboutWorker | None]:
        """Worker -> who it says it is; None if it sleeps until there is work. Raises BackendAway, Untrue for the first that fails."""
        return {worker.name: worker.about(progress) for worker in self._workers}

    def make(self, brief: Brief, progress: Progress = unheard) -> Take:
        """One take. Raises BackendAway, GenerationFailed; Untrue if a worker lies."""
        return self.make_all([brief], progress)[0]

    def make_all(self, briefs: Sequence[Brief], progress: Progress = unheard) -> list[Take]:
        """One take a brief, in order, by one errand. Raises what the last worker that was asked raises."""
        if not briefs:
            return []
        failure: GenerationFailed = BackendAway("no worker was asked")
        for worker in tuple(self._workers):
            try:
                takes = worker.make_all(briefs, progress)
            except (BackendAway, Untrue) as error:
                failure = error
                self._workers.remove(worker)
                self._workers.append(worker)
            else:
                self._licence = takes[-1].licence
                return takes
        raise failure

    def close(self) -> None:
        """Ends the connections."""
        self._caller.close()
