"""Comparing: the worker's part of likeness. Whitens what is new, and looks for copies of it among all that is there.

Copies are found by their fingerprints, where there are any: an index proposes, every proposal is laid over the track and its bits are
counted. Tracks without one are compared by length and by how they sound, which finds exact re-encodings and proves nothing: such pairs
are never certain. It may be killed anywhere: what is not marked as compared is compared again.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from asyncpg import PostgresError

from control.database.database import Database
from control.errors import DatabaseAway
from control.likeness import repository
from control.likeness.repository import Uncompared
from control.likeness.whitening import Whitening, fit
from dsp.fingerprint import RELATED, SAME, Fingerprint, likeness, sought

REST_SECONDS: Final = 20.0
BATCH: Final = 200
PROPOSALS: Final = 24
"""So many of the index's are laid over a track."""
AS_LONG_SECONDS: Final = 1.0
MOST_AS_LONG: Final = 2_000
ALIKE: Final = 0.97
"""The cosine from which two tracks of one length may be copies."""
_log = structlog.get_logger(__name__)


async def keep_compared(database: Database, ended: asyncio.Event, rest_seconds: float = REST_SECONDS) -> None:
    """Goes on until `ended`, through every absence of the database."""
    while not ended.is_set():
        try:
            await whiten(database)
            while not ended.is_set() and await compare_some(database):
                pass
        except DatabaseAway:
            pass
        except (PostgresError, OSError) as error:
            _log.error("likeness: a step failed, and will be tried again", error=str(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(rest_seconds):
                await ended.wait()


async def whiten(database: Database) -> None:
    """Fits what the library has outgrown, and whitens what is not. Raises DatabaseAway and asyncpg's errors."""
    for model, count in (await repository.models(database)).items():
        whitening = await repository.whitening(database, model)
        if whitening is None or whitening.is_outgrown_by(count):
            whitening = fit(model, await repository.features(database, model))
            await repository.keep_whitening(database, whitening)
            _log.info("likeness: fitted", model=model, tracks=whitening.tracks)
        while await _whiten_some(database, whitening):
            pass


async def compare_some(database: Database, limit: int = BATCH) -> bool:
    """Compares some tracks with all others; False if there are none left. Raises DatabaseAway and asyncpg's errors."""
    found = await repository.uncompared(database, limit)
    for one in found:
        await _compare(database, one)
    return bool(found)


async def _whiten_some(database: Database, whitening: Whitening) -> bool:
    features = await repository.not_whitened(database, whitening.model, BATCH)
    await repository.keep_whitened(database, {track_id: whitening.applied(vector) for track_id, vector in features.items()})
    return bool(features)


async def _compare(database: Database, one: Uncompared) -> None:
    if one.fingerprint is not None:
        values = sought(one.fingerprint).tolist()
        proposed = await repository.with_values(database, one.id, values, PROPOSALS)
        alike = await asyncio.to_thread(_laid_over, one.fingerprint, proposed)
        found = {other: share for other, share in alike.items() if share >= RELATED}
        await repository.keep_pairs(database, one.id, found, "fingerprint", {other: share >= SAME for other, share in found.items()})
        return
    assert one.likeness is not None, "it has the one or the other"
    as_long = await repository.as_long(database, one, AS_LONG_SECONDS, MOST_AS_LONG)
    cosines = {other: float(vector @ one.likeness) for other, vector in as_long.items()}
    found = {other: min(1.0, cosine) for other, cosine in cosines.items() if cosine >= ALIKE}
    await repository.keep_pairs(database, one.id, found, "features", dict.fromkeys(found, False))


def _laid_over(fingerprint: Fingerprint, others: dict[str, Fingerprint]) -> dict[str, float]:
    return {other: likeness(fingerprint, values) for other, values in others.items()}
