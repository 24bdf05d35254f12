"""All targets of a station at one feed: each has a publisher of its own, which comes and goes without the others noticing."""

import asyncio
from collections.abc import Iterable

from server.rtmp.feed import Feed
from server.rtmp.publisher import Means, Publisher
from server.rtmp.status import TargetStatus
from server.rtmp.target import Target


class Publishing:
    """Keeps a publisher at work for every target that it is told."""

    def __init__(self, feed: Feed, means: Means) -> None:
        self._feed = feed
        self._means = means
        self._at_work: dict[str, tuple[Target, Publisher, asyncio.Task[None]]] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}

    @property
    def statuses(self) -> tuple[TargetStatus, ...]:
        """How each target stands, in the order in which they came."""
        return tuple(publisher.status for _, publisher, _ in self._at_work.values())

    def publish_to(self, targets: Iterable[Target]) -> None:
        """These and no others from now on. One that is as it was goes on untouched. Raises UnfitTarget."""
        wanted = {target.id: target for target in targets}
        for target_id, (target, _, _) in list(self._at_work.items()):
            if not _same(target, wanted.get(target_id)):
                self._end(target_id)
        for target in wanted.values():
            if target.id not in self._at_work:
                publisher = Publisher(target, self._feed, self._means)
                task = asyncio.create_task(_run(publisher, self._leaving.get(target.id)), name=f"publisher {target.id}")
                self._at_work[target.id] = target, publisher, task

    async def close(self) -> None:
        """Says goodbye everywhere."""
        for target_id in list(self._at_work):
            self._end(target_id)
        await asyncio.gather(*self._leaving.values(), return_exceptions=True)

    def _end(self, target_id: str) -> None:
        _, _, task = self._at_work.pop(target_id)
        task.cancel()
        self._leaving[target_id] = task
        task.add_done_callback(lambda task: self._left(target_id, task))

    def _left(self, target_id: str, task: asyncio.Task[None]) -> None:
        if self._leaving.get(target_id) is task:
            del self._leaving[target_id]


async def _run(publisher: Publisher, predecessor: asyncio.Task[None] | None) -> None:
    """A platform lets one session in at a time: the one before says goodbye first."""
    if predecessor is not None:
        await asyncio.wait((predecessor,))
    await publisher.run()


def _same(target: Target, wanted: Target | None) -> bool:
    """Whether a session need not be begun anew."""
    return wanted is not None and (target.platform, target.address, target.key) == (wanted.platform, wanted.address, wanted.key)
