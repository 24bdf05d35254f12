"""`sonicforge warm-up`: everything that need not be made while people wait.

Compiles every kernel into the cache beside the sources, and makes the bed and the emergency loop in the state folder.
"""

import time
from pathlib import Path

from dsp.warm_up import warm_up as warm_up_sound
from dsp.warm_up_ears import warm_up as warm_up_ears
from generation.procedural.warm_up import warm_up as warm_up_composer
from server.encoding.emergency_loop import load as load_emergency_loop
from server.video.warm_up import warm_up as warm_up_pictures
from server.webrtc.warm_up import warm_up as warm_up_listening
from sonicforge.config import load
from sonicforge.premises import make_folders
from sonicforge.wiring.engine import kept_bed


def run(config: Path | None) -> None:
    """Makes it, and says how far it is."""
    folders = make_folders(load(config))
    began = time.monotonic()

    def tell(*_: object) -> None:
        print(".", end="", flush=True)

    warm_up_sound(tell)
    names = [*warm_up_ears(tell), *warm_up_composer(tell), *warm_up_pictures(tell), *warm_up_listening(tell)]
    kept_bed(folders.loop)
    load_emergency_loop(folders.loop)
    print(f" {len(names)} kernels ready after {time.monotonic() - began:.0f} s")
