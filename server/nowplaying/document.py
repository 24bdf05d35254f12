"""The now-playing document of a station: from what its engine tells, who listens, and where its sample clock is now.

It is written anew for each answer, so that elapsed and remaining are true then, and each listener gets addresses at the host he
reached. It goes by positions, not by this machine's time of day, which may step.
"""

from collections.abc import Mapping
from typing import Protocol

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, seconds_of
from server.icy.mounts import KINDS
from server.icy.titles import named, plain
from server.live.session import Seat, State
from server.nowplaying.listeners import Audience, Listeners
from server.nowplaying.shapes import CurrentSong, ListenerCounts, Live, Mount, NextSong, NowPlaying, PlayedSong, Song, Station
from server.programme.turns import endless, gives_way_at
from server.track import Airing, Entry, Source
from server.wire.wire import Hello, LiveStanding
from server.wire.wire import NowPlaying as OnAir


class Teller(Protocol):
    """What now playing asks of a station; server.relay.relay.Relay is one."""

    station: str
    hello: Hello | None
    on_air: OnAir | None
    live: LiveStanding | None

    def position_now(self) -> int: ...
    def wall_of(self, position: int) -> float: ...


class Document:
    """Writes a station's document."""

    def __init__(self, number: int, teller: Teller, listeners: Listeners, heard_after_seconds: Mapping[str, float]) -> None:
        """`number`: the station's id, from 1. `heard_after_seconds`: output -> how long after the air its listeners hear a frame."""
        self.teller = teller
        self._number = number
        self._listeners = listeners
        self._heard_after_seconds = heard_after_seconds

    def at(self, origin: str) -> NowPlaying:
        """As of now, for one who reached this front at `origin` (scheme://host:port)."""
        on_air = self.teller.on_air
        audience = self._listeners.audience(self.teller.station)
        return NowPlaying(
            station=self._station(origin),
            listeners=counts(audience),
            live=self._live(),
            now_playing=self._current(on_air.airing, origin) if on_air else None,
            playing_next=self._next(on_air, origin) if on_air else None,
            song_history=[self._played(airing, origin) for airing in on_air.history] if on_air else [],
            is_online=on_air is not None,
            cache="station",
            epoch=self.teller.hello.epoch if self.teller.hello else None,
            position=self.teller.position_now() if self.teller.hello else None,
            sample_rate=SAMPLE_RATE,
        )

    def art(self, origin: str) -> str | None:
        """The address of the cover of what airs."""
        on_air = self.teller.on_air
        return self._art(on_air.airing.entry, origin) if on_air else None

    def _live(self) -> Live:
        seat = heard_seat(self.teller.live)
        if seat is None or seat.on_air_position is None:
            return Live()
        return Live(
            is_live=True,
            streamer_name=plain(seat.session.dj),
            broadcast_start=int(self.teller.wall_of(seat.on_air_position)),
        )

    def _station(self, origin: str) -> Station:
        name, hello = self.teller.station, self.teller.hello
        return Station(
            id=self._number,
            name=plain(hello.title) if hello else name,
            shortcode=name,
            description=plain(hello.description, 2_000) if hello else "",
            listen_url=f"{origin}/listen/{name}/{KINDS[0].file}",
            url=f"{origin}/",
            public_player_url=f"{origin}/public/{name}",
            playlist_pls_url=f"{origin}/listen/{name}.pls",
            playlist_m3u_url=f"{origin}/listen/{name}.m3u",
            mounts=self._mounts(origin),
            hls_url=f"{origin}/hls/{name}/live.m3u8",
            hls_listeners=self._listeners.by_output().get((name, "hls"), 0),
        )

    def _mounts(self, origin: str) -> list[Mount]:
        name, hello = self.teller.station, self.teller.hello
        bitrates = {rendition.name: rendition.bitrate // 1_000 for rendition in hello.renditions} if hello else {}
        return [
            Mount(
                id=number,
                name=f"{kind.file} ({bitrates[kind.rendition]} kbit/s)",
                url=f"{origin}/listen/{name}/{kind.file}",
                bitrate=bitrates[kind.rendition],
                format=kind.rendition.partition("_")[0],
                listeners=counts(self._listeners.audience(name, kind.file)),
                path=f"/{kind.file}",
                is_default=kind is KINDS[0],
            )
            for number, kind in enumerate(KINDS, 1)
            if kind.rendition in bitrates
        ]

    def _current(self, airing: Airing, origin: str) -> CurrentSong:
        played = self._played(airing, origin)
        heard_frames = self.teller.position_now() - began_at(airing)
        heard_seconds = max(0, int(seconds_of(heard_frames)))
        goes_on = endless(airing)
        elapsed = heard_seconds if goes_on else min(heard_seconds, played.duration)
        return CurrentSong(
            sh_id=played.sh_id,
            played_at=played.played_at,
            duration=played.duration,
            song=played.song,
            playlist=played.playlist,
            started_position=played.started_position,
            ends_position=played.ends_position,
            audible_at=played.audible_at,
            streamer=played.streamer,
            elapsed=elapsed,
            remaining=0 if goes_on else played.duration - elapsed,
        )

    def _played(self, airing: Airing, origin: str) -> PlayedSong:
        return PlayedSong(
            sh_id=airing.started_position // BLOCK_FRAMES,  # no two airings begin in one block
            played_at=int(self.teller.wall_of(began_at(airing))),
            duration=0 if endless(airing) else round(seconds_of(airing.offset_frames + airing.ends_position - airing.started_position)),
            song=self._song(airing.entry, origin),
            playlist=airing.entry.reason.value,
            started_position=airing.started_position,
            ends_position=airing.ends_position,
            audible_at=self._audible_at(airing.started_position),
            streamer=plain(streamer(airing.entry)),
        )

    def _next(self, on_air: OnAir, origin: str) -> NextSong | None:
        """None as long as somebody is live: nobody knows when it will air."""
        if not on_air.upcoming or endless(on_air.airing):
            return None
        entry, plan = on_air.upcoming[0], on_air.segue
        begins = gives_way_at(on_air.airing, plan) if plan else on_air.airing.ends_position
        return NextSong(
            cued_at=int(self.teller.wall_of(began_at(on_air.airing))),
            played_at=int(self.teller.wall_of(begins)),
            duration=round(seconds_of(entry.track.cue_out_frames - entry.track.cue_in_frames), 3),
            song=self._song(entry, origin),
            playlist=entry.reason.value,
            audible_at=self._audible_at(begins),
            segue=plan.why if plan else "",
        )

    def _song(self, entry: Entry, origin: str) -> Song:
        track = entry.track
        return Song(
            id=track.id,
            art=self._art(entry, origin),
            text=named(track),
            artist=plain(track.artist),
            title=plain(track.title),
            album=plain(track.album),
            genre=plain(track.genre),
            licence=plain(track.provenance.get("licence", "")),
            attribution=plain(track.provenance.get("attribution", "")),
        )

    def _art(self, entry: Entry, origin: str) -> str:
        return f"{origin}/api/station/{self.teller.station}/art/{entry.track.id}"

    def _audible_at(self, position: int) -> dict[str, float]:
        return {output: round(self.teller.wall_of(position) + after, 3) for output, after in self._heard_after_seconds.items()}


def counts(audience: Audience) -> ListenerCounts:
    return ListenerCounts(audience.total, audience.unique, audience.total)


def heard_seat(standing: LiveStanding | None) -> Seat | None:
    """The DJ who is heard: who talks over another one comes first."""
    return next((seat for seat in standing.seats if seat.state is State.ON_AIR), None) if standing else None


def streamer(entry: Entry) -> str:
    """The DJ whose entry it is; empty if it is nobody's."""
    return entry.track.provenance.get("dj", "") if entry.track.source is Source.LIVE else ""


def began_at(airing: Airing) -> int:
    """The position at which the track would have begun, had it aired from its start; so elapsed is the place in the track."""
    return airing.started_position - airing.offset_frames
