"""`sonicforge warm-up`: compiles every kernel, so that neither an engine nor the studio does it while people wait."""

import time

from dsp.warm_up import warm_up as warm_up_sound
from generation.procedural.warm_up import warm_up as warm_up_composer


def run() -> None:
    """Compiles into the cache beside the sources, and says how far it is."""
    began = time.monotonic()

    def tell(*_: object) -> None:
        print(".", end="", flush=True)

    names = [*warm_up_sound(tell), *warm_up_composer(tell)]
    print(f" {len(names)} kernels ready after {time.monotonic() - began:.0f} s")
