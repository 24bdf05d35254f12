"""Some seconds of sound as the visualiser hears it, and helpers that look at pictures."""

from server.track import Airing
from server.video.bill import Artwork, Bill, Turn, artwork_of
from server.video.canvas import Canvas
from server.video.look import Look
from server.video.looks import LOOKS
from server.video.still import made_up
from server.video.waveform import Heard
from server.wire.wire import NowPlaying

BILL = Bill("Radio Näh", "Midnight Ferry", "Anna Lindqvist", "00000000deadbeef")
TURN = Turn(83.0, 214.0)


def artwork() -> Artwork:
    return artwork_of(BILL.track_id, None)


def set_up(look: str, bill: Bill = BILL) -> Look:
    return LOOKS[look](bill, artwork_of(bill.track_id, None))


def picture(look: Look, heard: Heard | None = None, turn: Turn = TURN) -> Canvas:
    canvas = Canvas.blank()
    look.draw(canvas, heard or made_up(), turn)
    return canvas


def same(one: Canvas, other: Canvas) -> bool:
    return all((a == b).all() for a, b in zip(one.planes, other.planes, strict=True))


def now_playing(airing: Airing, *upcoming: Airing) -> NowPlaying:
    return NowPlaying(airing.started_position, airing, [later.entry for later in upcoming], [])
