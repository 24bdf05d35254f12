"""Cueing: whatever should air next is decided, decoded and on the idle deck before it is needed. Off the tick.

Looks at the situation that the tick published, lets the rundown choose what the queue leaves open, has the sound brought to memory
and hands over a finished deck, and beside that the segue to it. Two entries are kept ahead: one on the deck, one prepared on the disk.
What fails is left out and another one chosen; a track that fails twice is refused for good. Runs on the engine's event loop; with a
store that never waits `step` runs through at once, which is how a simulation drives it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, Protocol

import structlog

from dsp.block import Samples, frames_of
from server.commands import Remove
from server.programme.deck import Deck, DeckError
from server.programme.desk import Desk
from server.programme.prepared_segue import PreparedSegue
from server.programme.programme import Situation
from server.rundown.history import History
from server.rundown.prepared_folder import UnfitError, UnpreparedError
from server.rundown.rundown import Rundown
from server.rundown.segues import SeguePlanner
from server.rundown.separation import Aired
from server.sitting.sitting import Resume
from server.track import Airing, Entry, Reason, Track

AHEAD: Final = 2
_FAILURES_TO_REFUSE: Final = 2
_PENALTY_FRAMES: Final = frames_of(60.0)
_MOST_PENALTIES: Final = 8
_MOST_REMEMBERED: Final = 256
_PAUSE_SECONDS: Final = 0.2
_BACK_OFF_SECONDS: Final = 0.5
_log = structlog.get_logger(__name__)


class Booth(Protocol):
    """What cueing sees of the programme."""

    position: int
    situation: Situation
    planned: tuple[Entry, ...]

    @property
    def ended(self) -> deque[Airing]:
        """Airings that have ended."""

    @property
    def returned(self) -> deque[Deck]:
        """Decks that are free again."""

    @property
    def silent(self) -> deque[Entry]:
        """Entries that were dead air."""

    def offer(self, deck: Deck) -> None:
        """Hands over a cued deck."""

    def prepare(self, segue: PreparedSegue) -> None:
        """Hands over the segue to the deck that is cued."""


class Store(Protocol):
    """Where prepared sound lies. Both raise UnpreparedError."""

    async def stock(self, track: Track) -> None:
        """Has the sound of `track` on the disk."""

    async def fetch(self, track: Track) -> Samples:
        """The whole sound of `track` in memory, float32 [2, frames]."""


class Cueing:
    """Keeps the next entries of one station ready."""

    def __init__(
        self,
        *,
        booth: Booth,
        desk: Desk,
        rundown: Rundown,
        history: History,
        store: Store,
        entry_ids: Iterator[str],
        target_lufs: float,
        refused: Callable[[Track], bool],
        refuse: Callable[[Track, str], None],
        segues: SeguePlanner | None = None,
        first: Deck | None = None,
    ) -> None:
        """`refused(track)`: the catalogue bars it; `refuse(track, reason)` has it barred from now on.

        Without `segues` none is prepared, and playout makes ordinary ones. `first`: the deck on air at the start.
        """
        self.failures_total = 0
        self._booth = booth
        self._desk = desk
        self._rundown = rundown
        self._history = history
        self._store = store
        self._entry_ids = entry_ids
        self._target_lufs = target_lufs
        self._refused = refused
        self._refuse = refuse
        self._picked: list[tuple[Entry, bool]] = []
        self._over: deque[str] = deque(maxlen=_MOST_REMEMBERED)
        """Entries that have aired or were given up: not to be cued again."""
        self._failures: dict[str, tuple[int, int]] = {}
        """How often a track failed, and the position until which it is left alone."""
        self._planned_for: tuple[Situation, int] | None = None
        self._offered: tuple[Situation, str] | None = None
        self._segues = segues
        self._decks = {first.entry.id: first} if first else {}
        """By entry: what airs, what is cued and what was handed over last. None is held longer than that: each is a hundred megabytes."""
        self._segue_between: tuple[str, str] | None = None

    async def run(self) -> None:
        """Goes on until cancelled. A failure of its own is logged and does not end it: without cueing only the bed is left."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._keep(self.step))
            both.create_task(self._keep(self.step_segue))  # a segue takes seconds; a wish for another track must not wait for it

    async def _keep(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            pause = _PAUSE_SECONDS
            try:
                await step()
            except Exception:  # noqa: BLE001  (logged, and tried again)
                _log.exception("cueing failed")
                pause = _BACK_OFF_SECONDS
            await asyncio.sleep(pause)

    async def step(self) -> None:
        """Does what is due now, one deck at most."""
        self._take_away()
        wanted = self._plan()
        if not wanted:
            return
        situation = self._booth.situation
        first = wanted[0]
        if situation.cued is None or situation.cued.id != first.id:
            if not situation.deck_free or self._lies_there(first):
                await self._stock(first)
            elif (deck := await self._load(first)) is not None:
                self._offered = (self._booth.situation, first.id)
                self._decks[first.id] = deck
                self._booth.offer(deck)
        for entry in wanted[1:]:
            await self._stock(entry)

    def step_at_once(self) -> None:
        """`step` and `step_segue` with a store and a planner that never wait. Raises RuntimeError if one does."""
        for step in (self.step, self.step_segue):
            stepping = step()
            try:
                stepping.send(None)
            except StopIteration:
                continue
            stepping.close()
            raise RuntimeError("the store waits")

    def suspect(self, entry: Entry) -> None:
        """The engine has died under this entry again and again: its track is not fit to air."""
        self._fail(entry, UnfitError("the engine died under it more than once"), _FAILURES_TO_REFUSE)

    def _take_away(self) -> None:
        """What the tick left behind: the silent, history, free decks."""
        booth = self._booth
        while booth.silent:
            self._fail(booth.silent.popleft(), UnfitError("it is silent on air"))
        while booth.ended:
            airing = booth.ended.popleft()
            self._history.add(airing)
            if airing.entry.id not in self._over:
                self._over.append(airing.entry.id)
                self._failures.pop(airing.entry.track.id, None)
        self._drop_decks()

    def _drop_decks(self) -> None:
        """Decks that are free again, and what the others do not need any more."""
        situation = self._booth.situation
        free = {id(deck) for deck in self._booth.returned}
        self._booth.returned.clear()
        needed = {situation.airing.entry.id, situation.cued.id if situation.cued else "", self._offered[1] if self._offered else ""}
        self._decks = {name: deck for name, deck in self._decks.items() if name in needed and id(deck) not in free}
        if (airing := self._decks.get(situation.airing.entry.id)) is not None:
            airing.settle()

    def _plan(self) -> list[Entry]:
        """The next entries to have ready, at most `AHEAD`: the queue's, then picked ones."""
        situation = self._booth.situation
        over = {situation.airing.entry.id, *self._over}
        queued = [entry for entry in situation.queue.entries if entry.id not in over][:AHEAD]
        makeshift = any(relaxed for _, relaxed in self._picked)  # a track that keeps the rules may have come meanwhile
        ahead = len(queued) + len(self._picked)
        if makeshift or ahead < AHEAD or self._planned_for != (situation, len(self._history.aired.tracks)):
            self._picked = self._pick(situation, queued, [pick for pick in self._picked if pick[0].id not in over])
            self._booth.planned = tuple(entry for entry, _ in self._picked)
            self._planned_for = (situation, len(self._history.aired.tracks))
        return [*queued, *(entry for entry, _ in self._picked)][:AHEAD]

    def _pick(self, situation: Situation, queued: list[Entry], picked: list[tuple[Entry, bool]]) -> list[tuple[Entry, bool]]:
        """What follows `queued`: of what was `picked` already, all that still may air then; the rest chosen anew."""
        airing = situation.airing
        track = airing.entry.track
        aired = self._history.aired.followed_by([(track, airing.ends_position)])
        at = max(self._booth.position, airing.ends_position - (track.cue_out_frames - track.start_next_frames))
        for entry in queued:
            at = _after(at, aired, entry.track)
        picks: list[tuple[Entry, bool]] = []
        while len(queued) + len(picks) < AHEAD:
            pick = picked.pop(0) if picked else self._choose(at, aired)
            if pick is None:
                break
            if pick[1] and (better := self._choose(at, aired)) is not None and not better[1]:
                pick = better
            if self._may_air(*pick, at, aired):
                picks.append(pick)
                at = _after(at, aired, pick[0].track)
        return picks

    def _lies_there(self, entry: Entry) -> bool:
        """A deck with `entry` was offered and the tick has not come round to it."""
        return self._offered is not None and self._offered[0] is self._booth.situation and self._offered[1] == entry.id

    def _choose(self, at: int, aired: Aired) -> tuple[Entry, bool] | None:
        choice = self._rundown.choose(at, aired, self._barred)
        return None if choice is None else (Entry(next(self._entry_ids), choice.track, choice.reason), choice.relaxed)

    def _may_air(self, entry: Entry, relaxed: bool, at: int, aired: Aired) -> bool:
        if self._barred(entry.track):
            return False
        unaired_take = entry.reason is Reason.STUDIO and entry.track.id not in aired.tracks
        return relaxed or unaired_take or self._rundown.allows(entry.track, at, aired)

    def _barred(self, track: Track) -> bool:
        _, until = self._failures.get(track.id, (0, 0))
        return track.id in self._booth.situation.vetoes or until > self._booth.position or self._refused(track)

    async def _load(self, entry: Entry) -> Deck | None:
        """A deck with `entry`, unless it fails or is not wanted any more when it is ready."""
        try:
            samples = await self._store.fetch(entry.track)
            deck = Deck(entry, samples, self._target_lufs)
        except UnpreparedError as error:
            self._fail(entry, error)
            return None
        except DeckError as error:
            self._fail(entry, UnfitError(str(error)))
            return None
        wanted = self._plan()
        return deck if wanted and wanted[0].id == entry.id else None

    async def _stock(self, entry: Entry) -> None:
        try:
            await self._store.stock(entry.track)
        except UnpreparedError as error:
            self._fail(entry, error)

    async def step_segue(self) -> None:
        """Has the segue made from what airs to what is cued, once; hands it over unless the rules of separation would be hurt by it."""
        situation = self._booth.situation
        leaving = self._decks.get(situation.airing.entry.id)
        coming = self._decks.get(situation.cued.id) if situation.cued else None
        if self._segues is None or leaving is None or coming is None:
            return
        if self._segue_between == (leaving.entry.id, coming.entry.id):
            return
        self._segue_between = (leaving.entry.id, coming.entry.id)
        segue = await self._segues.prepare(leaving, coming)
        if segue is not None and self._may_begin(coming.entry, segue.plan.at_frames, situation.airing):
            self._booth.prepare(segue)

    def _may_begin(self, entry: Entry, at_frames: int, airing: Airing) -> bool:
        """Whether `entry` may come on air there in the airing track: a segue may begin earlier than the pick had reckoned with."""
        if at_frames >= airing.entry.track.start_next_frames or entry.reason is Reason.QUEUE:
            return True
        began = airing.started_position - airing.offset_frames - airing.entry.track.cue_in_frames
        relaxed = any(relaxed for pick, relaxed in self._picked if pick.id == entry.id)
        return self._may_air(entry, relaxed, began + at_frames, self._history.aired)

    def _fail(self, entry: Entry, error: UnpreparedError, failures: int = 1) -> None:
        """Leaves `entry` out, and its track alone for a while; for good if it is to blame and failed before."""
        self.failures_total += 1
        track = entry.track
        failures += self._failures.get(track.id, (0, 0))[0]
        penalty = _PENALTY_FRAMES * min(failures, _MOST_PENALTIES)
        self._failures[track.id] = failures, self._booth.position + penalty
        if len(self._failures) > _MOST_REMEMBERED:
            del self._failures[next(iter(self._failures))]
        _log.warning("a track cannot be cued", track=track.id, title=track.title, reason=str(error), failures=failures)
        self._over.append(entry.id)
        self._planned_for = None
        if entry.reason is Reason.QUEUE:
            self._desk.bring(Remove(f"cueing-{entry.id}", entry.id), lambda _: None)
        if isinstance(error, UnfitError) and failures >= _FAILURES_TO_REFUSE:
            self._failures.pop(track.id, None)
            self._refuse(track, str(error))


async def resumed_deck(store: Store, resume: Resume, target_lufs: float) -> Deck | None:
    """The deck with which a restarted engine goes on, or None if that cannot be."""
    try:
        return Deck(resume.entry, await store.fetch(resume.entry.track), target_lufs, resume.offset_frames)
    except (UnpreparedError, DeckError) as error:
        _log.warning("what was on air cannot be resumed", track=resume.entry.track.id, reason=str(error))
        return None


def _after(at: int, aired: Aired, track: Track) -> int:
    """Notes that `track` airs at position `at`; where the next one begins."""
    aired.note(track, at + track.cue_out_frames - track.cue_in_frames)
    return at + max(1, track.start_next_frames - track.cue_in_frames)
