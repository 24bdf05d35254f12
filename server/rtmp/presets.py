"""What each platform wants: where its ingest is, how it may be reached, how long one session may last.

Sources: YouTube's encoder settings (a keyframe at least every 4 s; streams above 12 h are not archived), Twitch's broadcasting guidelines
(a broadcast ends after 48 h; at most 6,000 kbit/s), Amazon IVS' streaming configuration, on which Kick runs (rtmps only, a picture is
wanted, at most 8,500 kbit/s). All of them take H.264 with a keyframe every 2 s and stereo AAC at 48 kHz, which is what the station sends.
"""

from dataclasses import dataclass
from typing import Final

from server.rtmp.target import Address, Platform, Target, UnfitTarget, check_fields, parse_address

_HOUR: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Preset:
    """One platform's rules."""

    title: str
    """As people know it."""
    address: str
    """Its ingest; empty: each operator is given one of his own, and must say it."""
    schemes: tuple[str, ...]
    longest_session_seconds: float | None
    """When a session has lasted so long it is replaced by a new one, before the platform ends it; None: never."""
    hint: str
    """Where an operator finds address and key."""


PRESETS: Final[dict[Platform, Preset]] = {
    Platform.YOUTUBE: Preset(
        title="YouTube",
        address="rtmps://a.rtmps.youtube.com:443/live2",
        schemes=("rtmps", "rtmp"),
        longest_session_seconds=11.5 * _HOUR,
        hint="YouTube Studio, Create, Go live, Stream: the stream key",
    ),
    Platform.TWITCH: Preset(
        title="Twitch",
        address="rtmps://ingest.global-contribute.live-video.net:443/app",
        schemes=("rtmps", "rtmp"),
        longest_session_seconds=47.0 * _HOUR,
        hint="Twitch, Creator Dashboard, Settings, Stream: the primary stream key",
    ),
    Platform.KICK: Preset(
        title="Kick",
        address="",
        schemes=("rtmps",),
        longest_session_seconds=None,
        hint="Kick, Creator Dashboard, Settings, Stream URL and Key: both",
    ),
    Platform.CUSTOM: Preset(
        title="Other",
        address="",
        schemes=("rtmps", "rtmp"),
        longest_session_seconds=None,
        hint="The address without the stream key: rtmps://host/app",
    ),
}


def check_target(target: Target) -> Address:
    """The target's address, if the target is fit to be kept and called. Raises UnfitTarget."""
    check_fields(target)
    return address_of(target)


def address_of(target: Target) -> Address:
    """Where the target is: its own address, else its platform's. Raises UnfitTarget."""
    preset = PRESETS[target.platform]
    text = target.address or preset.address
    if not text:
        raise UnfitTarget("address", f"{preset.title} has no address for all: give the one you were given. {preset.hint}")
    address = parse_address(text)
    if address.scheme not in preset.schemes:
        raise UnfitTarget("address", f"{preset.title} takes {' or '.join(preset.schemes)} only")
    return address


def url_of(target: Target) -> str:
    """Where the target is, for people: never with the key. Raises UnfitTarget."""
    return str(address_of(target))
