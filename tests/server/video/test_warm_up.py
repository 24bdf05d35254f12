"""After the warm-up nothing is compiled any more."""

from dsp.warm_up import kernels
from server.video.bill import Bill
from server.video.looks import LOOKS
from server.video.still import still
from server.video.warm_up import PARTS, warm_up


def test_every_brush_is_ready() -> None:
    told: list[str] = []
    names = warm_up(told.append)
    assert told == list(PARTS)
    compiled = {name: len(kernel.signatures) for name, kernel in kernels("server.video").items()}
    assert set(names) == set(compiled)
    assert all(count for name, count in compiled.items() if "._" not in name), "what only kernels call has no types of its own"
    for look in LOOKS:
        still(look, Bill("Radio", "Another", "Title", "y"))
    assert {name: len(kernel.signatures) for name, kernel in kernels("server.video").items()} == compiled
